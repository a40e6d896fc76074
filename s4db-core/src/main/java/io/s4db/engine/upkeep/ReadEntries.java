package io.s4db.engine.upkeep;

import java.util.Arrays;

/**
 * The puts that were found whole in a data file, or a copy of one: where they stand, and
 * the hashes of their keys. 16 bytes an entry.
 */
final class ReadEntries {

	private long[] offsets = new long[256];

	private long[] hashes = new long[256];

	private int count;

	/** Adds an entry; offsets rise. */
	void add(long offset, long hash) {
		if (this.count == this.offsets.length) {
			int larger = this.count + (this.count >> 1);
			this.offsets = Arrays.copyOf(this.offsets, larger);
			this.hashes = Arrays.copyOf(this.hashes, larger);
		}
		this.offsets[this.count] = offset;
		this.hashes[this.count++] = hash;
	}

	/** Whether an entry of that key stands there. */
	boolean has(long offset, long hash) {
		int at = Arrays.binarySearch(this.offsets, 0, this.count, offset);
		return at >= 0 && this.hashes[at] == hash;
	}

	int count() {
		return this.count;
	}

}
