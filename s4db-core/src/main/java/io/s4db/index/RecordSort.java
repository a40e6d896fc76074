package io.s4db.index;

import java.util.Arrays;

/**
 * Sorts records of different keys where they stand: a quicksort by eight bytes of the key
 * at a time (a multikey quicksort with cached heads).
 * <p>
 * Each record has its {@link KeyHead} beside it, of the eight bytes that are being
 * compared. They are parted in those that are less than one of them, equal, and greater.
 * Of those that are equal the next eight bytes are taken, so that what keys have in
 * common is read once, however long it is. All are compared within two arrays; memory
 * that is all over the heap is met once for each eight bytes that count.
 * <p>
 * That it may take square time does no harm here: the records come in the order of
 * hashes, whose seed others do not know.
 */
final class RecordSort {

	/** So few are sorted by insertion. */
	private static final int FEW = 12;

	private final byte[][] arrays;

	private final int[] records;

	private final long[] heads;

	RecordSort(byte[][] arrays, int[] records) {
		this.arrays = arrays;
		this.records = records;
		this.heads = new long[records.length];
	}

	void sort() {
		takeHeads(0, this.records.length, 0);
		sort(0, this.records.length, 0);
	}

	private void takeHeads(int from, int to, int depth) {
		for (int i = from; i < to; i++) {
			byte[] data = SortedRecords.array(this.arrays, this.records[i]);
			int at = SortedRecords.position(this.records[i]);
			// The numbers and the padding follow, more than eight bytes.
			this.heads[i] = KeyHead.within(data, Records.keyAt(data, at) + depth, Records.keyLength(data, at) - depth);
		}
	}

	private int keyLength(int i) {
		return Records.keyLength(SortedRecords.array(this.arrays, this.records[i]),
				SortedRecords.position(this.records[i]));
	}

	/**
	 * Sorts some of them.
	 * @param begin how many bytes of their keys are the same
	 */
	private void sort(int from, int to, int begin) {
		int low = from;
		int high = to;
		int depth = begin;
		while (high - low > FEW) {
			long pivot = median(low, high);
			int less = low;
			int greater = high;
			int i = low;
			while (i < greater) {
				long head = this.heads[i];
				if (head == pivot) {
					i++;
				}
				else if (KeyHead.isLess(head, pivot)) {
					swap(less++, i++);
				}
				else {
					swap(i, --greater);
				}
			}
			sort(low, less, depth);
			sort(greater, high, depth);
			low = less;
			high = greater;
			if (high - low > FEW) {
				low = sortEnded(low, high, depth);
				depth += Long.BYTES;
				takeHeads(low, high, depth);
			}
		}
		sortFew(low, high, depth);
	}

	private long median(int from, int to) {
		long one = this.heads[from];
		long two = this.heads[(from + to) >>> 1];
		long three = this.heads[to - 1];
		if (KeyHead.isLess(two, one)) {
			long less = two;
			two = one;
			one = less;
		}
		if (KeyHead.isLess(three, one)) {
			return one;
		}
		return KeyHead.isLess(three, two) ? three : two;
	}

	private void swap(int i, int j) {
		long head = this.heads[i];
		this.heads[i] = this.heads[j];
		this.heads[j] = head;
		int record = this.records[i];
		this.records[i] = this.records[j];
		this.records[j] = record;
	}

	/**
	 * Sorts those of equal heads whose keys end with it. They come before the others, and
	 * differ in how many zeros they end with: there are nine at most.
	 * @return where the others begin
	 */
	private int sortEnded(int from, int to, int depth) {
		int end = from;
		for (int i = from; i < to; i++) {
			if (keyLength(i) <= depth + Long.BYTES) {
				swap(end++, i);
			}
		}
		sortFew(from, end, depth);
		return end;
	}

	private void sortFew(int from, int to, int depth) {
		for (int i = from + 1; i < to; i++) {
			for (int j = i; j > from && isLess(j, j - 1, depth); j--) {
				swap(j, j - 1);
			}
		}
	}

	private boolean isLess(int i, int j, int depth) {
		if (this.heads[i] != this.heads[j]) {
			return KeyHead.isLess(this.heads[i], this.heads[j]);
		}
		byte[] one = SortedRecords.array(this.arrays, this.records[i]);
		int oneAt = SortedRecords.position(this.records[i]);
		int oneKey = Records.keyAt(one, oneAt);
		byte[] other = SortedRecords.array(this.arrays, this.records[j]);
		int otherAt = SortedRecords.position(this.records[j]);
		int otherKey = Records.keyAt(other, otherAt);
		return Arrays.compareUnsigned(one, oneKey + depth, oneKey + Records.keyLength(one, oneAt), other,
				otherKey + depth, otherKey + Records.keyLength(other, otherAt)) < 0;
	}

}
