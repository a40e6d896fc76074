package io.s4db.index;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A walk over the keys of several walks in the same direction, each key once.
 */
final class MergedKeys implements KeyCursor {

	private final boolean descending;

	/** In the order of their next keys: the first ones of the array. */
	private final Part[] parts;

	private int count;

	private byte @Nullable [] last;

	/** One of the walks, at its next key. */
	private static final class Part {

		private final KeyCursor cursor;

		private byte[] key;

		private Part(KeyCursor cursor, byte[] key) {
			this.cursor = cursor;
			this.key = key;
		}

	}

	private MergedKeys(int most, boolean descending) {
		this.descending = descending;
		this.parts = new Part[most];
	}

	static KeyCursor of(List<KeyCursor> cursors, boolean descending) {
		if (cursors.size() == 1) {
			return cursors.get(0);
		}
		MergedKeys merged = new MergedKeys(cursors.size(), descending);
		for (KeyCursor cursor : cursors) {
			byte[] first = cursor.next();
			if (first != null) {
				merged.insert(new Part(cursor, first), merged.count++);
			}
		}
		return merged;
	}

	/** Puts one into a free place, or further to the front. */
	private void insert(Part part, int free) {
		int at = free;
		while (at > 0 && comesBefore(part, this.parts[at - 1])) {
			this.parts[at] = this.parts[at - 1];
			at--;
		}
		this.parts[at] = part;
	}

	private boolean comesBefore(Part one, Part other) {
		int order = Arrays.compareUnsigned(one.key, other.key);
		return this.descending ? order > 0 : order < 0;
	}

	@Override
	public byte @Nullable [] next() {
		while (this.count > 0) {
			Part part = this.parts[0];
			byte[] key = part.key;
			byte[] following = part.cursor.next();
			if (following != null) {
				part.key = following;
				sink(part);
			}
			else {
				this.count--;
				System.arraycopy(this.parts, 1, this.parts, 0, this.count);
			}
			if (this.last == null || !Arrays.equals(key, this.last)) {
				this.last = key;
				return key;
			}
		}
		return null;
	}

	/** The first one has another key: nearly always it stays the first. */
	private void sink(Part first) {
		int at = 0;
		while (at + 1 < this.count && comesBefore(this.parts[at + 1], first)) {
			this.parts[at] = this.parts[at + 1];
			at++;
		}
		this.parts[at] = first;
	}

}
