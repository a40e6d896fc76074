package io.s4db.spring.runtime;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What was seen of the bucket.
 *
 * @param problem why it could not be reached; null if it could
 * @param seq the sequence number of its manifest; 0 where there is none, -1 if it could
 * not be read
 * @param asked when that was
 * @param seen when it was last reached; null if it never was
 */
public record BucketStatus(@Nullable String problem, long seq, Instant asked, @Nullable Instant seen) {

	/** It was reached. */
	public static BucketStatus reached(long seq, Instant seen) {
		return new BucketStatus(null, seq, seen, seen);
	}

	/** It was not. */
	public static BucketStatus away(String problem, Instant asked, @Nullable Instant seen) {
		return new BucketStatus(problem, -1, asked, seen);
	}

	/** Whether it could be reached. */
	public boolean reachable() {
		return this.problem == null;
	}

}
