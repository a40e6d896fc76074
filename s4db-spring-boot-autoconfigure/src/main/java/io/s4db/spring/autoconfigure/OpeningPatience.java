package io.s4db.spring.autoconfigure;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How long the start of an application waits for databases to open before it goes on
 * without: all that begin to open at its beginning have the same ten seconds; one that
 * begins after those has its own.
 */
final class OpeningPatience {

	static final Duration PATIENCE = Duration.ofSeconds(10);

	private final Clock clock;

	private @Nullable Instant end;

	OpeningPatience(Clock clock) {
		this.clock = clock;
	}

	/** A database begins to open. */
	synchronized void begin() {
		Instant now = this.clock.instant();
		if (this.end == null || !now.isBefore(this.end)) {
			this.end = now.plus(PATIENCE);
		}
	}

	/** What is left; never more than all of it, should the clock be set. */
	synchronized Duration left() {
		Duration left = (this.end != null) ? Duration.between(this.clock.instant(), this.end) : PATIENCE;
		if (left.isNegative()) {
			return Duration.ZERO;
		}
		return (left.compareTo(PATIENCE) > 0) ? PATIENCE : left;
	}

}
