package io.s4db.spring.runtime;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Something done again and again, one time after the other, with longer and longer pauses
 * while it fails: whatever it fails with, an {@link Error} or the lack of a thread
 * included. The pauses stay short, and one ends when the bucket {@linkplain #seen is seen
 * to answer}: what failed is what keeps an application from being ready.
 */
final class PeriodicTask {

	private static final Log logger = LogFactory.getLog(PeriodicTask.class);

	/** The longest pause, unless the interval itself is longer. */
	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

	private final String description;

	private final Duration interval;

	private final BackOff backOff;

	private final Runnable work;

	private final Consumer<Throwable> onFailure;

	private final Tasks tasks;

	private @Nullable Runnable end;

	private boolean running;

	private int failures;

	private long beatsToLetPass;

	private final OutageEnd outageEnd = new OutageEnd();

	/**
	 * Makes a task that does not run yet.
	 * @param description what it does, for the log: "upload of database 's4db'"
	 * @param interval how often
	 * @param work what is done
	 * @param onFailure is told of each failure
	 * @param tasks where it runs
	 */
	PeriodicTask(String description, Duration interval, Runnable work, Consumer<Throwable> onFailure, Tasks tasks) {
		this.description = description;
		this.interval = interval;
		this.backOff = new BackOff(2, Math.max(1, LONGEST_PAUSE.dividedBy(interval)));
		this.work = work;
		this.onFailure = onFailure;
		this.tasks = tasks;
	}

	synchronized void start() {
		if (this.end == null) {
			this.beatsToLetPass = 0;
			this.outageEnd.clear();
			this.end = this.tasks.repeat(this.interval, this::beat);
		}
	}

	/** Begins no run any more; one that is under way goes on. */
	synchronized void stop() {
		if (this.end != null) {
			this.end.run();
			this.end = null;
		}
	}

	/**
	 * The bucket was asked. If it is there, what has failed meanwhile is tried now rather
	 * than after the pause.
	 */
	void seen(BucketStatus status) {
		synchronized (this) {
			if (!this.outageEnd.seen(status, !this.running)) {
				return;
			}
			this.beatsToLetPass = 0;
		}
		beat();
	}

	private void beat() {
		if (begin()) {
			CompletableFuture<Boolean> done;
			try {
				done = this.tasks.run(this::run);
			}
			catch (RuntimeException | Error ex) {
				ended(ex);
				return;
			}
			if (done.isCompletedExceptionally()) {
				// There was no thread for it: what is run never throws.
				CompletableFuture<?> unused = done.whenComplete((ignored, noThread) -> ended(noThread));
			}
		}
	}

	private synchronized boolean begin() {
		if (this.end == null || this.running) {
			return false;
		}
		if (this.beatsToLetPass > 0) {
			this.beatsToLetPass--;
			return false;
		}
		this.running = true;
		return true;
	}

	private boolean run() {
		try {
			this.work.run();
		}
		catch (RuntimeException | Error ex) {
			ended(ex);
			return false;
		}
		ended(null);
		return true;
	}

	/**
	 * Takes down how a run ended. What must not be left out comes first and takes no
	 * memory: there may be none.
	 */
	private void ended(@Nullable Throwable failure) {
		int before;
		boolean stopped;
		synchronized (this) {
			this.running = false;
			before = this.failures;
			stopped = this.end == null;
			this.failures = (failure != null) ? before + 1 : 0;
			this.beatsToLetPass = (failure != null) ? this.backOff.after(this.failures) - 1 : 0;
			if (failure != null) {
				this.outageEnd.failed(this.tasks.clock().millis());
			}
			else {
				this.outageEnd.clear();
			}
		}
		if (failure != null) {
			this.onFailure.accept(failure);
		}
		try {
			log(failure, before, stopped);
		}
		catch (RuntimeException | Error ex) {
			// There is no memory for a line.
		}
	}

	/** Logs the first failure, the second, the fourth and so on, and the end of them. */
	private void log(@Nullable Throwable failure, int before, boolean stopped) {
		if (failure == null) {
			if (before > 0) {
				logger.info("The " + this.description + " works again after " + before + " failures");
			}
			return;
		}
		int count = before + 1;
		if (stopped) {
			logger.info("The " + this.description + " ended as the application stops: " + FailureLog.problem(failure));
		}
		else if (Integer.bitCount(count) == 1) {
			logger.warn("The " + this.description + " failed (" + count + " in a row) and is tried again in "
					+ this.interval.multipliedBy(this.backOff.after(count)).toSeconds() + " s at the latest: "
					+ FailureLog.problem(failure));
		}
		logger.debug("The cause", failure);
	}

}
