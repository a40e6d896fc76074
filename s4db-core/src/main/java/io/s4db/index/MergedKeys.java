package io.s4db.index;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

import org.jspecify.annotations.Nullable;

/**
 * A walk over the keys of several walks in the same direction, each key once.
 */
final class MergedKeys implements KeyCursor {

	private final PriorityQueue<Part> parts;

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

	private MergedKeys(Comparator<byte[]> order) {
		this.parts = new PriorityQueue<>((one, other) -> order.compare(one.key, other.key));
	}

	static KeyCursor of(List<KeyCursor> cursors, boolean descending) {
		if (cursors.size() == 1) {
			return cursors.get(0);
		}
		Comparator<byte[]> ascending = Arrays::compareUnsigned;
		MergedKeys merged = new MergedKeys(descending ? ascending.reversed() : ascending);
		for (KeyCursor cursor : cursors) {
			byte[] first = cursor.next();
			if (first != null) {
				merged.parts.add(new Part(cursor, first));
			}
		}
		return merged;
	}

	@Override
	public byte @Nullable [] next() {
		while (true) {
			Part part = this.parts.poll();
			if (part == null) {
				return null;
			}
			byte[] key = part.key;
			byte[] following = part.cursor.next();
			if (following != null) {
				part.key = following;
				this.parts.add(part);
			}
			if (this.last == null || !Arrays.equals(key, this.last)) {
				this.last = key;
				return key;
			}
		}
	}

}
