package io.s4db.engine.write;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The number of live keys. Changed under the write lock, read by anyone.
 */
final class KeyCount {

	private final AtomicLong keys = new AtomicLong();

	long get() {
		return this.keys.get();
	}

	void add(int change) {
		if (change != 0) {
			this.keys.lazySet(this.keys.get() + change);
		}
	}

	void set(long count) {
		this.keys.set(count);
	}

}
