package io.s4db.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The records of an index, which is a hash table, in the order of their keys.
 * <p>
 * Nothing of them is copied: what is sorted is where they stand, four bytes a record.
 * While that is done each has eight bytes of its key beside it, so that a comparison does
 * not go through all memory; {@link RecordSort} tells how. A million are sorted at a
 * time, which takes 12 MB, and what was sorted is merged on the way.
 */
public final class SortedRecords extends RecordCursor {

	/** Records that are sorted at once. */
	private static final int SORTED_AT_ONCE = 1 << 20;

	/** So many more where an index grew meanwhile. */
	private static final int SORTED_AT_LEAST = 1 << 12;

	/** The arrays that records of one sort can stand in: their number has 16 bits. */
	static final int MAX_ARRAYS = 1 << 16;

	/** Where the records stand, for {@link Records}. */
	private final byte[][] arrays;

	/** Each record: the number of its array, and where in it. */
	private final int[] records;

	private int next;

	private SortedRecords(KeyHash hash, byte[][] arrays, int[] records) {
		super(hash);
		this.arrays = arrays;
		this.records = records;
	}

	/**
	 * Walks over all records of an index, those of tombstones included, in ascending
	 * order. They are sorted now. Of what is changed until that is done the walk has what
	 * was there before or after, and of what is changed later what was there before.
	 */
	public static KeyIndex.Cursor of(KeyIndex index) {
		return of(index, () -> {
		});
	}

	/**
	 * The same.
	 * @param eachTime is run now and then while they are sorted
	 */
	public static KeyIndex.Cursor of(KeyIndex index, Runnable eachTime) {
		return of(index, SORTED_AT_ONCE, eachTime);
	}

	static KeyIndex.Cursor of(KeyIndex index, int atOnce) {
		return of(index, atOnce, () -> {
		});
	}

	private static KeyIndex.Cursor of(KeyIndex index, int atOnce, Runnable eachTime) {
		List<KeyIndex.Cursor> parts = new ArrayList<>();
		SegmentCursor cursor = index.records();
		long left = index.size();
		boolean more = cursor.next();
		while (more) {
			List<byte[]> arrays = new ArrayList<>();
			int[] records = new int[(int) Math.min(atOnce, Math.max(SORTED_AT_LEAST, left))];
			int count = 0;
			byte[] array = null;
			while (more && count < records.length) {
				if (cursor.buffer() != array) {
					if (arrays.size() == MAX_ARRAYS) {
						break;
					}
					array = cursor.buffer();
					arrays.add(array);
				}
				records[count++] = (arrays.size() - 1) << 16 | cursor.at();
				more = cursor.next();
			}
			left -= count;
			eachTime.run();
			parts.add(sorted(index.keyHash(), arrays.toArray(byte[][]::new), Arrays.copyOf(records, count)));
		}
		return MergedRecords.of(parts, false);
	}

	private static SortedRecords sorted(KeyHash hash, byte[][] arrays, int[] records) {
		new RecordSort(arrays, records).sort();
		return new SortedRecords(hash, arrays, records);
	}

	/** The array in which a record stands. */
	static byte[] array(byte[][] arrays, int record) {
		return arrays[record >>> 16];
	}

	/** Where in its array a record stands. */
	static int position(int record) {
		return record & 0xffff;
	}

	@Override
	public boolean next() {
		if (this.next == this.records.length) {
			end();
			return false;
		}
		int record = this.records[this.next++];
		goTo(array(this.arrays, record), position(record));
		return true;
	}

}
