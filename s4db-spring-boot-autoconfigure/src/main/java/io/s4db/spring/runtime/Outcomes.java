package io.s4db.spring.runtime;

import java.time.Clock;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Takes down how something that is done again and again goes. Taking down takes no
 * memory, so that a lack of it is taken down too. May be used by any number of threads.
 */
final class Outcomes {

	private final Clock clock;

	private int failures;

	private @Nullable Throwable latest;

	private long failingSince;

	Outcomes(Clock clock) {
		this.clock = clock;
	}

	synchronized void succeeded() {
		this.failures = 0;
		this.latest = null;
	}

	synchronized void failed(Throwable failure) {
		if (this.failures == 0) {
			this.failingSince = this.clock.millis();
		}
		this.failures++;
		this.latest = failure;
	}

	synchronized FailureLog log() {
		Throwable failure = this.latest;
		return (failure != null)
				? new FailureLog(this.failures, FailureLog.problem(failure), Instant.ofEpochMilli(this.failingSince))
				: FailureLog.WELL;
	}

}
