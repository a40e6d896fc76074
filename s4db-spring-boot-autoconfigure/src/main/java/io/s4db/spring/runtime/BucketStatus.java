package io.s4db.spring.runtime;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What was seen of the bucket.
 *
 * @param problem why it could not be reached; null if it could
 * @param seq the sequence number of its manifest; 0 where there is none, -1 if it could
 * not be read
 * @param seen when
 */
public record BucketStatus(@Nullable String problem, long seq, Instant seen) {

	/** Whether it could be reached. */
	public boolean reachable() {
		return this.problem == null;
	}

}
