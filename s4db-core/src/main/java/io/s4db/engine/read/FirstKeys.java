package io.s4db.engine.read;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.TreeSet;

import io.s4db.engine.state.IoPool;
import io.s4db.index.KeyBounds;
import io.s4db.index.KeyCursor;
import io.s4db.index.KeyIndex;

/**
 * The first keys within bounds that indexes have a value of: all are looked at, and only
 * those are kept that none or few come before.
 */
final class FirstKeys {

	/** Keys that are looked at before somebody may interrupt. */
	private static final int AT_ONCE = 1 << 16;

	private final KeyBounds bounds;

	private final int most;

	private final boolean descending;

	private final TreeSet<byte[]> first;

	/** The last of them, once there are as many as there may be. */
	private byte[] last = {};

	private boolean full;

	/**
	 * @param descending whether the greatest come first
	 * @param most how many are kept
	 */
	FirstKeys(KeyBounds bounds, boolean descending, int most) {
		Comparator<byte[]> ascending = Arrays::compareUnsigned;
		this.bounds = bounds;
		this.most = most;
		this.descending = descending;
		this.first = new TreeSet<>(descending ? ascending.reversed() : ascending);
	}

	/** Looks at all keys of an index. */
	void addAll(KeyIndex index) {
		KeyIndex.Cursor cursor = index.cursor();
		int looked = 0;
		while (cursor.next()) {
			if (++looked % AT_ONCE == 0) {
				IoPool.checkInterrupted();
			}
			if (!cursor.tombstone()) {
				look(cursor.buffer(), cursor.keyOffset(), cursor.keyLength());
			}
		}
	}

	private void look(byte[] buffer, int from, int length) {
		if (this.full && !isBeforeLast(buffer, from, length)) {
			return;
		}
		if (!this.bounds.contains(buffer, from, length)) {
			return;
		}
		this.first.add(Arrays.copyOfRange(buffer, from, from + length));
		if (this.first.size() > this.most) {
			this.first.pollLast();
		}
		if (this.first.size() == this.most) {
			this.full = true;
			this.last = this.first.last();
		}
	}

	private boolean isBeforeLast(byte[] buffer, int from, int length) {
		int order = Arrays.compareUnsigned(buffer, from, from + length, this.last, 0, this.last.length);
		return this.descending ? order > 0 : order < 0;
	}

	/** Whether others may come after them. */
	boolean isFull() {
		return this.full;
	}

	/** The last of them, if there are as many as there may be. */
	byte[] last() {
		return this.last;
	}

	/** Walks over them. */
	KeyCursor cursor() {
		Iterator<byte[]> keys = this.first.iterator();
		return () -> keys.hasNext() ? keys.next() : null;
	}

}
