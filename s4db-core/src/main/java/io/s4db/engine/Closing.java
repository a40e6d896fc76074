package io.s4db.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.s4db.Mode;
import io.s4db.S4DBException;
import io.s4db.S4DBOperation;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.engine.state.Observers;
import io.s4db.engine.write.PendingWrites;
import io.s4db.local.PendingFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a database, in a time that is bounded whatever the store does:
 *
 * <pre>
 * from now on   nothing is begun any more: no write, no operation
 * end           compactions, downloads and the like are ended
 * commit        what is pending is uploaded; an upload that runs already may finish
 * wait          until the last operation has ended
 * release       requests are refused, files closed, the local directory unlocked
 * </pre>
 *
 * That is done by a thread of its own, for which the caller waits. When the time is over
 * requests are refused and whatever runs is interrupted. If even then a request does not
 * return the caller is told, and goes; that thread goes on to wait, and keeps the local
 * directory locked, so that whatever is late finds it as it was. What is not in the store
 * stays on disk.
 */
final class Closing {

	private static final Logger logger = LoggerFactory.getLogger(Closing.class);

	/** What interrupted operations, and the caller, get to end in. */
	private static final Duration GRACE = Duration.ofSeconds(2);

	private final OpenDatabase parts;

	private final Database database;

	private final PendingWrites pending;

	private final FutureTask<Boolean> work = new FutureTask<>(this::work);

	private final AtomicBoolean begun = new AtomicBoolean();

	/** Made when it is needed, as a part of what its maker does. */
	private volatile @Nullable Thread thread;

	private final long timeout;

	private final long grace;

	private volatile boolean outOfTime;

	private volatile boolean committing;

	Closing(OpenDatabase parts) {
		this.parts = parts;
		this.database = parts.database;
		this.pending = parts.pending;
		// A year is as good as for ever, and can be added to a time.
		this.timeout = Math.min(TimeUnit.NANOSECONDS.convert(this.database.options.closeTimeout()),
				TimeUnit.DAYS.toNanos(365));
		this.grace = Math.min(this.timeout / 5, GRACE.toNanos());
	}

	/**
	 * Closes, or waits until another thread's call has.
	 * @throws S4DBException if not everything acknowledged is in the store that should
	 * be, or not everything has ended, when the time is over
	 * @throws IllegalStateException if it is called by what it would have to wait for
	 */
	void close() throws IOException {
		this.database.operations.checkMayClose();
		if (this.database.listeners.areCalling()) {
			throw new IllegalStateException("close() was called from within a change listener of the same database."
					+ " Let the listener return first, and call it then");
		}
		boolean first = this.begun.compareAndSet(false, true);
		if (first) {
			start();
		}
		else if (this.work.isDone()) {
			return;
		}
		boolean interrupted = Thread.interrupted();
		try {
			long deadline = System.nanoTime() + this.timeout;
			if (!ended(System.nanoTime() + this.timeout / 5) && first) {
				logger.info("Closing {} waits for {}", this.database.store.description(), waitedFor());
			}
			if (!ended(deadline - this.grace) && first) {
				giveUp();
			}
			boolean ended = ended(deadline);
			if (first && ended) {
				result();
			}
			else if (!ended) {
				throw new S4DBException(this.database.store.description() + " is not closed: "
						+ String.join(", ", waitedFor()) + " did not end within closeTimeout ("
						+ this.database.options.closeTimeout() + "). " + left() + ". " + this.database.local.describe()
						+ " stays locked until that has ended");
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private void start() {
		try {
			Thread closing = IoPool.thread("s4db-close", Observers.handOver(this.database.observer, this.work));
			this.thread = closing;
			closing.start();
		}
		catch (OutOfMemoryError ex) {
			logger.warn("No thread can be made: closing takes as long as the store lets it", ex);
			this.work.run();
		}
	}

	/** Whether it ended by then; whatever interrupts is left to the caller. */
	private boolean ended(long deadline) {
		boolean interrupted = false;
		try {
			while (true) {
				try {
					this.work.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
					return true;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
				catch (TimeoutException ex) {
					return false;
				}
				catch (ExecutionException | CancellationException ex) {
					return true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private void giveUp() {
		this.outOfTime = true;
		logger.warn("{} is not closed after {}, the time that closeTimeout gives it: {} is interrupted",
				this.database.store.description(), Duration.ofNanos(this.timeout - this.grace), waitedFor());
		this.database.refuseRequests();
		this.database.operations.interrupt();
		Thread closing = this.thread;
		if (closing != null) {
			closing.interrupt();
		}
	}

	private List<String> waitedFor() {
		List<String> all = this.database.operations.describe();
		if (this.committing) {
			all.add("the upload of what is pending");
		}
		if (all.isEmpty()) {
			all.add("a request");
		}
		return all;
	}

	/** What is not in the store. */
	private String left() {
		List<PendingFile> files = this.pending.pendingFiles().stream().filter((file) -> !file.isConditional()).toList();
		if (files.isEmpty()) {
			return this.pending.isEmpty() ? "Everything written is in the store"
					: "Of conditional writes that failed it is not known whether they are in the store";
		}
		return files.stream().mapToLong(PendingFile::entries).sum() + " entries in " + files.size()
				+ " pending files are not in the store; they stay in " + this.database.local.describe()
				+ ", and are taken up when the database is opened there again";
	}

	private void result() throws IOException {
		try {
			this.work.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			Throwable cause = ex.getCause();
			if (this.outOfTime && cause instanceof S4DBException) {
				throw new S4DBException("Closing " + this.database.store.description()
						+ " took longer than closeTimeout (" + this.database.options.closeTimeout() + "). " + left(),
						cause);
			}
			if (cause instanceof RuntimeException exception) {
				throw exception;
			}
			if (cause instanceof Error error) {
				throw error;
			}
			if (cause instanceof IOException exception) {
				throw exception;
			}
			throw new IllegalStateException(cause);
		}
	}

	/** In the thread of its own. */
	private Boolean work() throws IOException {
		this.pending.withWritesHeld(this.database.operations::close);
		try {
			endOperations();
			commit();
		}
		finally {
			awaitOperations();
			// Whatever interrupted a request is no reason to leave a file half closed.
			Thread.interrupted();
			try {
				if (!this.outOfTime) {
					this.parts.keepLocalCheckpoint();
				}
			}
			finally {
				if (!this.pending.isEmpty()) {
					logger.warn("{} is closed. {}", this.database.store.description(), left());
				}
				this.parts.release(true);
			}
		}
		return true;
	}

	private void endOperations() {
		try {
			this.database.operations.end(this.grace);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void commit() {
		boolean writable = this.database.options.mode() == Mode.READ_WRITE && !this.database.fenced()
				&& !(this.database.isReplaced() && this.pending.isEmpty());
		if (writable && this.database.options.uploadOnClose()) {
			this.committing = true;
			try {
				// One with nothing to do is none.
				Observers.observed(this.pending.isEmpty() ? null : this.database.observer, S4DBOperation.UPLOAD,
						(observation) -> this.database.underCommitLock(() -> this.parts.commits.commitAtEnd()));
			}
			finally {
				this.committing = false;
				this.database.listeners.deliver();
			}
		}
	}

	private void awaitOperations() {
		boolean ended = false;
		while (!ended) {
			try {
				this.database.operations.awaitEnd();
				ended = true;
			}
			catch (InterruptedException ex) {
				// The caller gave up; this thread has to see it through.
			}
		}
	}

}
