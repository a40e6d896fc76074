package io.s4db.spring.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.s4db.spring.actuate.ActionReport.Progress;
import io.s4db.spring.actuate.ActionReport.Status;
import io.s4db.spring.runtime.ManagedDatabase;
import org.jspecify.annotations.Nullable;

/**
 * One action on one database, from its beginning on.
 */
final class Execution {

	private final ManagedDatabase database;

	private final Action action;

	private final Clock clock;

	private final Instant started;

	private volatile @Nullable Progress progress;

	private volatile @Nullable Object result;

	private volatile @Nullable Throwable failure;

	private final CountDownLatch end = new CountDownLatch(1);

	/** What performs it; null before that, and afterwards. */
	private @Nullable Thread thread;

	private boolean cancelled;

	private volatile long ended;

	private volatile boolean running = true;

	Execution(ManagedDatabase database, Action action, Clock clock) {
		this.database = database;
		this.action = action;
		this.clock = clock;
		this.started = clock.instant();
	}

	/** Performs the action; never throws. */
	boolean perform() {
		try {
			begin();
			this.result = this.database.interruptibly(() -> this.action.perform(this.database,
					(doneBytes, totalBytes) -> this.progress = Progress.of(doneBytes, totalBytes)));
			Progress last = this.progress;
			this.progress = (last != null) ? last.completed() : null;
			end();
		}
		catch (Exception | Error ex) {
			failed(ex);
		}
		return true;
	}

	private synchronized void begin() {
		this.thread = Thread.currentThread();
		if (this.cancelled) {
			this.thread.interrupt();
		}
	}

	/**
	 * Ends it early, by an interrupt: the database stays correct.
	 * @return whether it was running
	 */
	synchronized boolean cancel() {
		if (this.running) {
			this.cancelled = true;
			if (this.thread != null) {
				this.thread.interrupt();
			}
		}
		return this.running;
	}

	private synchronized boolean cancelled() {
		return this.cancelled;
	}

	/** Waits until it has ended, or that time has passed. */
	void awaitEnd(Duration patience) {
		try {
			this.end.await(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** The action failed, or could not even begin. */
	void failed(Throwable reason) {
		this.failure = reason;
		end();
	}

	/** Takes no memory: there may be none. What does not end keeps all others out. */
	private synchronized void end() {
		if (this.thread == Thread.currentThread()) {
			// An interrupt that came too late is nobody else's.
			Thread.interrupted();
		}
		this.thread = null;
		this.ended = this.clock.millis();
		this.running = false;
		this.end.countDown();
	}

	boolean running() {
		return this.running;
	}

	/** What it failed with; null if it did not. */
	Failures.@Nullable Failure failure() {
		Throwable reason = this.failure;
		if (reason == null) {
			return null;
		}
		Failures.Failure described = Failures.describe(reason, this.database);
		return cancelled()
				? new Failures.Failure(409, described.error(),
						"It was cancelled. The database stays correct; begin the action anew to have it done.")
				: described;
	}

	ActionReport report() {
		if (this.running) {
			return report(Status.RUNNING, took(this.clock.millis()), null, null,
					"It goes on in the background; GET this endpoint to see how far it is, POST cancel to end it.");
		}
		Failures.Failure described = failure();
		if (described != null) {
			return report(cancelled() ? Status.CANCELLED : Status.FAILED, took(this.ended), null, described.error(),
					described.hint());
		}
		return report(Status.COMPLETED, took(this.ended), this.result, null, (this.action == Action.REBUILD_INDEX)
				? "The new index takes effect in the bucket at the next upload." : null);
	}

	private ActionReport report(Status status, Duration took, @Nullable Object done, @Nullable String error,
			@Nullable String hint) {
		return new ActionReport(status, this.database.name(), this.action.id(), this.started, took, this.progress, done,
				error, hint, null);
	}

	private Duration took(long end) {
		return Duration.ofMillis(Math.max(0, end - this.started.toEpochMilli()));
	}

}
