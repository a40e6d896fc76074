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

	private volatile @Nullable Outcome outcome;

	Execution(ManagedDatabase database, Action action, Clock clock) {
		this.database = database;
		this.action = action;
		this.clock = clock;
		this.started = clock.instant();
	}

	/** Performs the action; never throws. */
	boolean perform() {
		try {
			Object result = this.database.interruptibly(() -> this.action.perform(this.database,
					(doneBytes, totalBytes) -> this.progress = Progress.of(doneBytes, totalBytes)));
			this.outcome = new Outcome(result, null, took());
		}
		catch (Exception | Error ex) {
			this.outcome = new Outcome(null, ex, took());
		}
		return true;
	}

	boolean running() {
		return this.outcome == null;
	}

	/** What it failed with; null if it did not. */
	@Nullable Throwable failure() {
		Outcome ended = this.outcome;
		return (ended != null) ? ended.failure() : null;
	}

	ActionReport report() {
		Outcome ended = this.outcome;
		if (ended == null) {
			return report(Status.RUNNING, took(), null, null,
					"It goes on in the background; GET this endpoint to see how far it is.");
		}
		Throwable failure = ended.failure();
		if (failure != null) {
			Failures.Failure described = Failures.describe(failure);
			return report(Status.FAILED, ended.took(), null, described.error(), described.hint());
		}
		return report(Status.COMPLETED, ended.took(), ended.result(), null, (this.action == Action.REBUILD_INDEX)
				? "The new index takes effect in the bucket at the next upload." : null);
	}

	private ActionReport report(Status status, Duration took, @Nullable Object result, @Nullable String error,
			@Nullable String hint) {
		return new ActionReport(status, this.database.name(), this.action.id(), this.started, took, this.progress,
				result, error, hint, null);
	}

	private Duration took() {
		return Duration.between(this.started, this.clock.instant());
	}

	/**
	 * How it ended.
	 *
	 * @param result what it did
	 * @param failure what it failed with
	 * @param took how long it took
	 */
	private record Outcome(@Nullable Object result, @Nullable Throwable failure, Duration took) {
	}

}
