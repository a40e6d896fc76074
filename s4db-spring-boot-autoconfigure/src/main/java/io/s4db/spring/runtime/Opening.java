package io.s4db.spring.runtime;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How far opening a database has come that is not open yet.
 *
 * @param attempts tries that failed
 * @param problem why the last one did; null while the first is under way
 * @param nextAttempt when it is tried again; null while one is under way, and where it
 * has failed for good
 * @param failed whether it has failed for good: another try would not help
 */
public record Opening(int attempts, @Nullable String problem, @Nullable Instant nextAttempt, boolean failed) {

	static final Opening BEGUN = new Opening(0, null, null, false);

	/** Another try is under way. */
	Opening underWay() {
		return new Opening(this.attempts, this.problem, null, false);
	}

	/** What keeps it from being open, as a sentence. */
	public String reason() {
		return (this.problem != null) ? this.problem : "it is being opened";
	}

}
