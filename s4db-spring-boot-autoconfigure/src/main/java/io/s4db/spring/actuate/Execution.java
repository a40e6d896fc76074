package io.s4db.spring.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

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

	/** The action failed, or could not even begin. */
	void failed(Throwable reason) {
		this.failure = reason;
		end();
	}

	/** Takes no memory: there may be none. What does not end keeps all others out. */
	private void end() {
		this.ended = this.clock.millis();
		this.running = false;
	}

	boolean running() {
		return this.running;
	}

	/** What it failed with; null if it did not. */
	Failures.@Nullable Failure failure() {
		Throwable reason = this.failure;
		return (reason != null) ? Failures.describe(reason, this.database) : null;
	}

	ActionReport report() {
		if (this.running) {
			return report(Status.RUNNING, took(this.clock.millis()), null, null,
					"It goes on in the background; GET this endpoint to see how far it is.");
		}
		Failures.Failure described = failure();
		if (described != null) {
			return report(Status.FAILED, took(this.ended), null, described.error(), described.hint());
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
