package io.s4db.spring.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.s4db.S4DBClosedException;
import io.s4db.S4DBException;
import io.s4db.S4DBStats;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Uploads and refreshes from time to time while the application runs, and uploads when it
 * stops: after web servers have drained (their phases are higher), so that the last
 * requests' writes are included, and before beans are destroyed.
 *
 * <p>
 * The last upload is bounded by {@code spring.lifecycle.timeout-per-shutdown-phase}: if
 * it takes longer, the shutdown goes on beside it. Closing the database, later, then
 * commits what is left.
 */
public class S4DBLifecycle implements SmartLifecycle {

	/**
	 * Below the phases in which web servers drain (1,024 below the default) and stop
	 * (2,048 below): what has a higher phase starts later and stops earlier.
	 */
	public static final int PHASE = DEFAULT_PHASE - 4096;

	private static final Log logger = LogFactory.getLog(S4DBLifecycle.class);

	private final ManagedDatabases databases;

	private final Tasks tasks;

	private final Schedule others;

	private final List<PeriodicTask> periodicTasks = new ArrayList<>();

	private volatile boolean running;

	/**
	 * Makes a lifecycle with a schedule for those databases that have none of their own.
	 * @param databases what is uploaded and refreshed
	 * @param tasks where that runs
	 * @param uploadInterval how often to upload what is pending; zero for never
	 * @param refreshInterval how often to refresh; zero for never
	 * @param uploadOnStop whether to upload when the application stops
	 */
	public S4DBLifecycle(ManagedDatabases databases, Tasks tasks, Duration uploadInterval, Duration refreshInterval,
			boolean uploadOnStop) {
		this(databases, tasks, new Schedule(uploadInterval, refreshInterval, uploadOnStop));
	}

	/**
	 * Makes a lifecycle.
	 * @param databases what is uploaded and refreshed
	 * @param tasks where that runs
	 * @param others what is done to those databases that do not say themselves
	 */
	public S4DBLifecycle(ManagedDatabases databases, Tasks tasks, Schedule others) {
		this.databases = databases;
		this.tasks = tasks;
		this.others = others;
		for (ManagedDatabase database : databases.all()) {
			Schedule schedule = database.schedule(others);
			repeat(database, "upload", schedule.uploadInterval(), database::uploadPending, database::uploadFailed);
			repeat(database, "refresh", schedule.refreshInterval(), database::refreshIfOpen, database::refreshFailed);
		}
	}

	private void repeat(ManagedDatabase database, String what, Duration interval, Runnable work,
			Consumer<Throwable> onFailure) {
		if (interval.compareTo(Duration.ZERO) > 0) {
			PeriodicTask task = new PeriodicTask(what + " of database '" + database.name() + "'", interval, work,
					onFailure, this.tasks);
			database.bucket().addListener(task::seen);
			this.periodicTasks.add(task);
		}
	}

	@Override
	public void start() {
		this.running = true;
		this.periodicTasks.forEach(PeriodicTask::start);
	}

	@Override
	public void stop() {
		this.running = false;
		this.periodicTasks.forEach(PeriodicTask::stop);
		this.databases.all().forEach(ManagedDatabase::interruptWork);
		this.databases.all()
			.stream()
			.filter((database) -> database.schedule(this.others).uploadOnStop())
			.forEach(S4DBLifecycle::lastUpload);
	}

	@Override
	public void stop(Runnable callback) {
		CompletableFuture<?> unused = this.tasks.run(() -> {
			stop();
			return true;
		}).whenComplete((done, failure) -> {
			try {
				if (failure != null) {
					// There was no thread for it, or it broke off: here, then.
					stop();
				}
			}
			finally {
				callback.run();
			}
		});
	}

	private static void lastUpload(ManagedDatabase database) {
		try {
			if (database.uploadPending()) {
				logger.info("Uploaded what was pending in database '" + database.name() + "'");
			}
		}
		catch (S4DBClosedException ex) {
			// It was closed meanwhile, and says itself what is left.
			logger.debug("The last upload of database '" + database.name() + "' was cut short", ex);
		}
		catch (RuntimeException | Error ex) {
			String message = pending(database) + " of database '" + database.name()
					+ "' could not be uploaded; closing it tries once more: " + FailureLog.problem(ex);
			if (ex instanceof S4DBException) {
				logger.warn(message);
				logger.debug("The cause", ex);
			}
			else {
				logger.warn(message, ex);
			}
		}
	}

	private static String pending(ManagedDatabase database) {
		try {
			S4DBStats stats = database.stats();
			if (stats != null) {
				return stats.pendingEntries() + " pending entries (" + stats.pendingBytes() + " bytes)";
			}
		}
		catch (RuntimeException ex) {
			// It is about to be closed, and says itself what is left.
		}
		return "What is pending";
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
