package io.s4db.cli.move;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Pairs that are put together: some at a time, and not too many bytes of them.
 */
final class Batch {

	private static final int PAIRS = 1_000;

	private static final int BYTES = 4 << 20;

	private final Consumer<Map<String, byte[]>> target;

	private final Map<String, byte[]> pairs = new LinkedHashMap<>();

	private long bytes;

	/**
	 * Collects for a target, which may change what it is given.
	 */
	Batch(Consumer<Map<String, byte[]>> target) {
		this.target = target;
	}

	/** Adds a pair, and puts those that there are if they are enough. */
	void add(String key, byte[] value) {
		this.pairs.put(key, value);
		this.bytes += value.length;
		if (this.pairs.size() == PAIRS || this.bytes > BYTES) {
			put();
		}
	}

	/** Puts what is left. */
	void put() {
		this.target.accept(this.pairs);
		this.pairs.clear();
		this.bytes = 0;
	}

}
