package io.s4db.spring.runtime;

import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.s4db.ChangeListener;
import io.s4db.ChangeRegistration;
import io.s4db.ChangeScope;
import io.s4db.DirectoryLockedException;
import io.s4db.ForeignDirectoryException;
import io.s4db.ProgressListener;
import io.s4db.RebuildResult;
import io.s4db.S4DB;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBException;
import io.s4db.S4DBStats;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A database that need not be open for the application to start: if the first try to open
 * it fails for a reason that may pass (no network, bad credentials, no bucket, an index
 * that needs a rebuild), it is tried again in the background, and calls meanwhile throw
 * {@link StoreUnavailableException} with the reason. Once open, each call costs one
 * volatile read more than the database's own.
 *
 * <p>
 * {@link #rebuildIndex} on a database that cannot be opened opens it by rebuilding.
 *
 * <p>
 * Neither final nor without a constructor that others see, so that an application can
 * have advice around it.
 */
public class DeferredS4DB extends DelegatingS4DB {

	private static final Log logger = LogFactory.getLog(DeferredS4DB.class);

	/** In beats. The pauses stay short: an application that waits is not ready. */
	private static final BackOff BACK_OFF = new BackOff(1, 15);

	/** How often it is looked whether it is time for another try. */
	private static final Duration BEAT = Duration.ofSeconds(1);

	private final Opener opener;

	private final Tasks tasks;

	private final Object monitor = new Object();

	/** Those added before it was open. Changed under the monitor. */
	private final List<DeferredRegistration> listeners = new ArrayList<>();

	private volatile @Nullable S4DB database;

	private volatile Opening opening = Opening.BEGUN;

	private volatile @Nullable Throwable lastFailure;

	private volatile boolean closed;

	private final @Nullable Schedule schedule;

	private @Nullable CompletableFuture<@Nullable Throwable> first;

	/** Whether somebody still waits for the first try, who is told of a mistake. */
	private volatile boolean starting = true;

	private boolean attempting;

	private long beatsToLetPass;

	private final OutageEnd outageEnd = new OutageEnd();

	private @Nullable Runnable endOfBeats;

	DeferredS4DB(Opener opener, Tasks tasks) {
		this(opener, tasks, null);
	}

	private DeferredS4DB(Opener opener, Tasks tasks, @Nullable Schedule schedule) {
		this.opener = opener;
		this.tasks = tasks;
		this.schedule = schedule;
	}

	/**
	 * Opens a database, or leaves opening it to the background.
	 * @param opener opens it
	 * @param tasks where that runs
	 * @param patience how long to wait for the first try
	 * @return the database, open if the first try succeeded in time
	 * @throws DirectoryLockedException if another process has the local directory
	 * @throws ForeignDirectoryException if it is another database's; and whatever the
	 * first try throws that is not an {@link S4DBException}: waiting would not help
	 */
	public static DeferredS4DB open(Opener opener, Tasks tasks, Duration patience) {
		return begin(opener, tasks, null).awaitOpening(patience);
	}

	/**
	 * Begins to open a database. It is nothing before {@link #awaitOpening} was called.
	 * @param opener opens it
	 * @param tasks where that runs
	 * @param schedule what is done to it from time to time; null if others say
	 */
	public static DeferredS4DB begin(Opener opener, Tasks tasks, @Nullable Schedule schedule) {
		DeferredS4DB deferred = new DeferredS4DB(opener, tasks, schedule);
		deferred.first = tasks.run(deferred::attempt);
		return deferred;
	}

	/**
	 * Waits for the first try, and leaves opening to the background if that takes longer
	 * or fails.
	 * @param patience how long to wait
	 * @return this database, open if the first try succeeded in time
	 * @throws DirectoryLockedException if another process has the local directory
	 * @throws ForeignDirectoryException if it is another database's; and whatever the
	 * first try throws that is not an {@link S4DBException}
	 */
	public DeferredS4DB awaitOpening(Duration patience) {
		try {
			Throwable failure = Objects.requireNonNull(this.first, "first")
				.get(patience.toMillis(), TimeUnit.MILLISECONDS);
			if (failure != null && isMistake(failure)) {
				throw unchecked(failure);
			}
			startBeats();
		}
		catch (TimeoutException ex) {
			logger.warn("Opening the database in " + description() + " takes longer than the start waits for it,"
					+ " and goes on in the background");
			startBeats();
		}
		catch (ExecutionException ex) {
			close();
			throw new IllegalStateException("There is no thread to open the database in " + description(),
					ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			close();
			throw new S4DBException("Interrupted while opening the database in " + description(), ex);
		}
		catch (RuntimeException | Error ex) {
			close();
			throw ex;
		}
		return this;
	}

	/** From now on it is tried again and again, until it is open or closed. */
	private void startBeats() {
		this.starting = false;
		synchronized (this.monitor) {
			if (!this.closed && this.database == null && !this.opening.failed()) {
				this.endOfBeats = this.tasks.repeat(BEAT, this::beat);
			}
		}
	}

	private void endBeats() {
		synchronized (this.monitor) {
			if (this.endOfBeats != null) {
				this.endOfBeats.run();
				this.endOfBeats = null;
			}
		}
	}

	private void beat() {
		synchronized (this.monitor) {
			if (this.attempting) {
				return;
			}
			if (this.beatsToLetPass > 0) {
				this.beatsToLetPass--;
				return;
			}
		}
		attemptInBackground();
	}

	/**
	 * The bucket was asked. If it is there, opening that has failed meanwhile is tried
	 * now rather than after the pause.
	 */
	void seen(BucketStatus status) {
		synchronized (this.monitor) {
			if (this.endOfBeats == null || !this.outageEnd.seen(status, !this.attempting)) {
				return;
			}
		}
		attemptInBackground();
	}

	private void attemptInBackground() {
		CompletableFuture<?> unused = this.tasks.run(this::attempt).whenComplete((failure, noThread) -> {
			if (noThread != null) {
				failed(noThread);
			}
		});
	}

	/** Where the database lives. */
	public ObjectStore store() {
		return this.opener.store();
	}

	/** What is counted of it; null if nothing is. */
	public @Nullable DatabaseSignals signals() {
		return this.opener.signals();
	}

	private String description() {
		return store().description();
	}

	/** What a property of it is called in full; null if it has none. */
	@Nullable String property(String property) {
		return this.opener.property(property);
	}

	/** What is done to it from time to time; null if others say. */
	@Nullable Schedule schedule() {
		return this.schedule;
	}

	/** Whether it was closed. */
	public boolean isClosed() {
		return this.closed;
	}

	/** How far opening has come; null once it is open, and once it is closed. */
	public @Nullable Opening opening() {
		return (this.database != null || this.closed) ? null : this.opening;
	}

	/** A configuration that is wrong, rather than a world that is. */
	private static boolean isMistake(Throwable failure) {
		return !(failure instanceof S4DBException) || failure instanceof DirectoryLockedException || isFinal(failure)
				|| isDenied(failure);
	}

	/** Whether another try cannot help, however late it comes. */
	private static boolean isFinal(Throwable failure) {
		return failure instanceof ForeignDirectoryException;
	}

	/**
	 * Whether a file of the local directory may not be read or written. (What the store
	 * denies may be allowed meanwhile.)
	 */
	public static boolean isDenied(Throwable failure) {
		return failure instanceof S4DBException && !(failure instanceof StoreUnavailableException)
				&& failure.getCause() instanceof AccessDeniedException;
	}

	private static RuntimeException unchecked(Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof RuntimeException unchecked) ? unchecked : new IllegalStateException(failure);
	}

	/** Tries to open it; gives the failure, if it is one. */
	private @Nullable Throwable attempt() {
		if (!beginAttempt()) {
			return null;
		}
		try {
			settle(this.opener.open());
			return null;
		}
		catch (RuntimeException | Error ex) {
			if (!this.starting || !isMistake(ex)) {
				failed(ex);
			}
			return ex;
		}
		finally {
			endAttempt();
		}
	}

	private boolean beginAttempt() {
		synchronized (this.monitor) {
			if (this.closed || this.attempting || this.database != null || this.opening.failed()) {
				return false;
			}
			this.attempting = true;
			this.opening = this.opening.underWay();
			return true;
		}
	}

	/** Begins an attempt; after the one that is under way, if there is one. */
	private boolean beginAfterOther() {
		synchronized (this.monitor) {
			try {
				while (this.attempting) {
					this.monitor.wait();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new S4DBException("Interrupted while the database in " + description() + " was being opened", ex);
			}
			return beginAttempt();
		}
	}

	private void endAttempt() {
		synchronized (this.monitor) {
			this.attempting = false;
			this.monitor.notifyAll();
		}
	}

	private void settle(S4DB opened) {
		boolean tooLate;
		synchronized (this.monitor) {
			tooLate = this.closed;
			if (!tooLate) {
				this.listeners.forEach((listener) -> listener.listenTo(opened));
				this.database = opened;
			}
		}
		if (tooLate) {
			opened.close();
			throw new S4DBClosedException();
		}
		endBeats();
		if (this.opening.attempts() > 0) {
			logger.info("The database in " + description() + " is open after " + (this.opening.attempts() + 1)
					+ " attempts");
		}
		// Nobody adds to them any more.
		this.listeners.forEach(DeferredRegistration::tell);
	}

	/**
	 * As of the database; where that is not open yet, the listener is told that
	 * everything may have changed once it is.
	 */
	@Override
	public ChangeRegistration addChangeListener(ChangeListener listener, ChangeScope scope) {
		Objects.requireNonNull(listener, "listener");
		Objects.requireNonNull(scope, "scope");
		synchronized (this.monitor) {
			if (this.database == null && !this.closed) {
				DeferredRegistration registration = new DeferredRegistration(listener, scope);
				this.listeners.add(registration);
				return registration;
			}
		}
		return super.addChangeListener(listener, scope);
	}

	private void failed(Throwable failure) {
		synchronized (this.monitor) {
			if (this.closed || this.database != null) {
				return;
			}
			int attempts = this.opening.attempts() + 1;
			// First what takes no memory: there may be none.
			this.beatsToLetPass = BACK_OFF.after(attempts) - 1;
			this.lastFailure = failure;
			this.outageEnd.failed(this.tasks.clock().millis());
			Duration wait = BEAT.multipliedBy(BACK_OFF.after(attempts));
			String problem = FailureLog.problem(failure);
			if (isFinal(failure)) {
				this.opening = new Opening(attempts, problem, null, true);
				endBeats();
				logger.error("The database in " + description()
						+ " cannot be opened, and is not tried again before the application is restarted: " + problem);
				return;
			}
			this.opening = new Opening(attempts, problem, this.tasks.clock().instant().plus(wait), false);
			String message = "The database in " + description() + " could not be opened (attempt " + attempts
					+ ", the next in " + wait.toSeconds() + " s): " + problem;
			if (failure instanceof S4DBException) {
				// The first, the second, the fourth and so on.
				if (Integer.bitCount(attempts) == 1) {
					logger.warn(message);
				}
				logger.debug("The cause", failure);
			}
			else {
				logger.warn(message, failure);
			}
		}
	}

	@Override
	S4DB database() {
		S4DB opened = this.database;
		if (opened != null) {
			return opened;
		}
		if (this.closed) {
			throw new S4DBClosedException();
		}
		if (this.opening.failed()) {
			throw new ForeignDirectoryException("The database in " + description() + " cannot be opened, and is not"
					+ " tried again before the application is restarted: " + this.opening.reason());
		}
		throw new StoreUnavailableException("The database in " + description()
				+ " is not open yet, and is tried again in the background: " + this.opening.reason(), this.lastFailure);
	}

	@Override
	public RebuildResult rebuildIndex(ProgressListener progress) {
		if (this.database != null || !beginAfterOther()) {
			return database().rebuildIndex(progress);
		}
		try {
			long start = this.tasks.clock().millis();
			S4DB rebuilt = this.opener.rebuild();
			settle(rebuilt);
			S4DBStats stats = rebuilt.stats();
			long entries = stats.files().stream().mapToLong((file) -> file.liveEntries()).sum();
			return new RebuildResult(stats.dataFiles(), entries, stats.keys(), stats.recovery().findings(),
					Duration.ofMillis(this.tasks.clock().millis() - start));
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
			throw ex;
		}
		finally {
			endAttempt();
		}
	}

	@Override
	public void close() {
		S4DB opened;
		synchronized (this.monitor) {
			this.closed = true;
			opened = this.database;
			endBeats();
		}
		if (opened != null) {
			opened.close();
		}
	}

	@Override
	public String toString() {
		return "S4DB in " + description();
	}

}
