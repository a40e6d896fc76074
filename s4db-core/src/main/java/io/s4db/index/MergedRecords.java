package io.s4db.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A walk over the records of several walks in the same direction, each key once: where
 * several have it, the newest one's record counts, and be it a tombstone.
 * <p>
 * The walks stand in a heap by their keys, the newer before the older. What is shown is
 * the first one's record, where it stands; only the next step moves it on, and those that
 * have the same key with it. So nothing is copied, and nothing is allocated on the way.
 */
public final class MergedRecords implements KeyIndex.Cursor {

	private final boolean descending;

	/** The walks that have not ended, the first of them first. */
	private final Part[] heap;

	private int count;

	/** Whether the first one's record is the one at which this is. */
	private boolean isAtFirst;

	/** One of the walks, at its next record. */
	private static final class Part {

		private final KeyIndex.Cursor cursor;

		/** The newest has 0. */
		private final int age;

		private byte[] buffer = {};

		private int offset;

		private int length;

		private long head;

		private Part(KeyIndex.Cursor cursor, int age) {
			this.cursor = cursor;
			this.age = age;
		}

		private boolean next() {
			if (!this.cursor.next()) {
				return false;
			}
			this.buffer = this.cursor.buffer();
			this.offset = this.cursor.keyOffset();
			this.length = this.cursor.keyLength();
			this.head = KeyHead.of(this.buffer, this.offset, this.length);
			return true;
		}

		private boolean hasKey(byte[] buffer, int offset, int length) {
			return this.length == length
					&& Arrays.equals(this.buffer, this.offset, this.offset + length, buffer, offset, offset + length);
		}

		private int compareKey(Part other) {
			if (this.head != other.head) {
				return KeyHead.isLess(this.head, other.head) ? -1 : 1;
			}
			return Arrays.compareUnsigned(this.buffer, this.offset, this.offset + this.length, other.buffer,
					other.offset, other.offset + other.length);
		}

	}

	private MergedRecords(List<Part> parts, boolean descending) {
		this.descending = descending;
		this.heap = parts.toArray(Part[]::new);
		this.count = this.heap.length;
		for (int i = this.count / 2 - 1; i >= 0; i--) {
			sink(i);
		}
	}

	/**
	 * Merges walks, of which each has its keys in order, and each once. They are moved on
	 * by this from now on, and must not be at a record yet.
	 * @param newestFirst the walks; those before count more than those after
	 * @param descending whether they go backwards
	 */
	public static KeyIndex.Cursor of(List<KeyIndex.Cursor> newestFirst, boolean descending) {
		if (newestFirst.size() == 1) {
			return newestFirst.get(0);
		}
		List<Part> parts = new ArrayList<>();
		for (KeyIndex.Cursor cursor : newestFirst) {
			Part part = new Part(cursor, parts.size());
			if (part.next()) {
				parts.add(part);
			}
		}
		return new MergedRecords(parts, descending);
	}

	@Override
	public boolean next() {
		if (this.isAtFirst) {
			Part first = this.heap[0];
			byte[] buffer = first.buffer;
			int offset = first.offset;
			int length = first.length;
			do {
				moveOn();
			}
			while (this.count > 0 && this.heap[0].hasKey(buffer, offset, length));
		}
		this.isAtFirst = this.count > 0;
		return this.isAtFirst;
	}

	/** Moves the first walk on. */
	private void moveOn() {
		if (!this.heap[0].next()) {
			this.count--;
			this.heap[0] = this.heap[this.count];
		}
		sink(0);
	}

	/** Brings the heap in order where one of it may come too early. */
	private void sink(int from) {
		Part part = this.heap[from];
		int at = from;
		while (2 * at + 1 < this.count) {
			int child = 2 * at + 1;
			if (child + 1 < this.count && isBefore(this.heap[child + 1], this.heap[child])) {
				child++;
			}
			if (!isBefore(this.heap[child], part)) {
				break;
			}
			this.heap[at] = this.heap[child];
			at = child;
		}
		this.heap[at] = part;
	}

	private boolean isBefore(Part one, Part other) {
		int order = one.compareKey(other);
		if (order == 0) {
			return one.age < other.age;
		}
		return this.descending == (order > 0);
	}

	private Part first() {
		if (!this.isAtFirst) {
			throw new NoSuchElementException("The cursor is at no record");
		}
		return this.heap[0];
	}

	@Override
	public byte[] buffer() {
		return first().buffer;
	}

	@Override
	public int keyOffset() {
		return first().offset;
	}

	@Override
	public int keyLength() {
		return first().length;
	}

	@Override
	public long hash() {
		return first().cursor.hash();
	}

	@Override
	public long file() {
		return first().cursor.file();
	}

	@Override
	public long offset() {
		return first().cursor.offset();
	}

	@Override
	public int entryLength() {
		return first().cursor.entryLength();
	}

	@Override
	public boolean tombstone() {
		return first().cursor.tombstone();
	}

}
