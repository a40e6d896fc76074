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
	 * order. They are sorted now. The index must not change until the walk has ended.
	 */
	public static KeyIndex.Cursor of(KeyIndex index) {
		return of(index, SORTED_AT_ONCE);
	}

	static KeyIndex.Cursor of(KeyIndex index, int atOnce) {
		List<KeyIndex.Cursor> parts = new ArrayList<>();
		SegmentCursor cursor = index.records();
		long left = index.size();
		boolean more = cursor.next();
		while (more) {
			List<byte[]> arrays = new ArrayList<>();
			int[] records = new int[(int) Math.max(1, Math.min(atOnce, left))];
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
