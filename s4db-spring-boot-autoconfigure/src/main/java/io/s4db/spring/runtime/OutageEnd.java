package io.s4db.spring.runtime;

import java.time.Instant;

/**
 * Whether to do again at once what has failed, rather than after a pause, since the
 * bucket answers: once, until it works or the bucket was away, as a bucket can answer
 * that and refuse this. Not safe for threads by itself.
 */
final class OutageEnd {

	private boolean failing;

	/** When it last failed, in milliseconds since 1970. */
	private long failed;

	/** Whether a pause was ended already since the bucket was last away. */
	private boolean used;

	/** It failed. Takes no memory: there may be none. */
	void failed(long millis) {
		this.failing = true;
		this.failed = millis;
	}

	/** It worked, or begins anew. */
	void clear() {
		this.failing = false;
		this.used = false;
	}

	/**
	 * The bucket was asked.
	 * @param idle whether it could be done now
	 * @return whether to
	 */
	boolean seen(BucketStatus status, boolean idle) {
		if (!status.reachable()) {
			this.used = false;
			return false;
		}
		boolean since = !status.asked().isBefore(Instant.ofEpochMilli(this.failed));
		if (!this.failing || this.used || !idle || !since) {
			return false;
		}
		this.used = true;
		return true;
	}

}
