package io.s4db.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * What is known of some hundred pages of a {@link SortedFile} that follow each other:
 * where they stand, their checksums, and the separators before them. Fourteen bytes a
 * page and its separator, in a handful of arrays that are small to the garbage collector.
 * <p>
 * The separator before a page is the shortest beginning of its first key that is greater
 * than the last key of the page before. So a key, whether it is there or not, belongs to
 * the last page whose separator is not greater than it. Of random keys it takes a few
 * bytes, of which there are as many as tell the pages apart.
 * <p>
 * Immutable, but that it notes which pages were found to be whole. For any thread.
 */
final class PageGroup {

	/** How many pages a group has, unless it is the last. */
	static final int PAGES = 256;

	private static final VarHandle BITS = MethodHandles.arrayElementVarHandle(long[].class);

	private static final int OBJECT_BYTES = 40;

	private static final int ARRAY_BYTES = 16;

	/** Where the first page begins in the file. */
	private final long offset;

	/** Where each page ends, from there. */
	private final int[] ends;

	private final int[] checksums;

	/** How long each entry of a page is; 0 if they differ. */
	private final char[] strides;

	private final int[] separatorEnds;

	private final byte[] separators;

	/** A bit for each page: its checksum was found to be right. */
	private final long[] verified;

	private PageGroup(long offset, int[] ends, int[] checksums, char[] strides, int[] separatorEnds,
			byte[] separators) {
		this.offset = offset;
		this.ends = ends;
		this.checksums = checksums;
		this.strides = strides;
		this.separatorEnds = separatorEnds;
		this.separators = separators;
		this.verified = new long[(ends.length + Long.SIZE - 1) / Long.SIZE];
	}

	int pages() {
		return this.ends.length;
	}

	/** Where the first page begins in the file. */
	long offset() {
		return this.offset;
	}

	/** How many bytes the pages have. */
	int length() {
		return this.ends[this.ends.length - 1];
	}

	/** Where a page begins in the group. */
	int start(int page) {
		return (page == 0) ? 0 : this.ends[page - 1];
	}

	/** Where a page ends in the group. */
	int end(int page) {
		return this.ends[page];
	}

	int checksum(int page) {
		return this.checksums[page];
	}

	/** How long each entry of a page is; 0 if they differ. */
	int stride(int page) {
		return this.strides[page];
	}

	/** The array in which the separators stand. */
	byte[] separators() {
		return this.separators;
	}

	int separatorStart(int page) {
		return (page == 0) ? 0 : this.separatorEnds[page - 1];
	}

	int separatorEnd(int page) {
		return this.separatorEnds[page];
	}

	int compareSeparator(int page, byte[] key, int offset, int length) {
		return Arrays.compareUnsigned(this.separators, separatorStart(page), this.separatorEnds[page], key, offset,
				offset + length);
	}

	/** The last page whose separator is not greater than the key; 0 if none is. */
	int pageOf(byte[] key, int offset, int length) {
		int low = 1;
		int high = this.ends.length;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (compareSeparator(middle, key, offset, length) <= 0) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		return low - 1;
	}

	boolean isVerified(int page) {
		return ((long) BITS.getOpaque(this.verified, page / Long.SIZE) & 1L << page) != 0;
	}

	void setVerified(int page) {
		BITS.getAndBitwiseOr(this.verified, page / Long.SIZE, 1L << page);
	}

	/** The bytes of heap that it takes. */
	long heapBytes() {
		return OBJECT_BYTES + 6L * ARRAY_BYTES + 14L * this.ends.length + this.separators.length
				+ 8L * this.verified.length;
	}

	/** Collects pages as they are written. */
	static final class Builder {

		private long offset;

		private int count;

		private int length;

		private int separatorLength;

		private final int[] ends = new int[PAGES];

		private final int[] checksums = new int[PAGES];

		private final char[] strides = new char[PAGES];

		private final int[] separatorEnds = new int[PAGES];

		private byte[] separators = new byte[PAGES * 8];

		boolean isEmpty() {
			return this.count == 0;
		}

		boolean isFull() {
			return this.count == PAGES;
		}

		/** The separator of the page that is {@link #add}ed next. */
		void separator(byte[] key, int offset, int length) {
			int end = this.separatorLength + length;
			if (end > this.separators.length) {
				this.separators = Arrays.copyOf(this.separators, Math.max(end, 2 * this.separators.length));
			}
			System.arraycopy(key, offset, this.separators, this.separatorLength, length);
			this.separatorLength = end;
		}

		/**
		 * Adds a page.
		 * @param stride how long each entry is; 0 if they differ
		 */
		void add(int length, int checksum, int stride) {
			this.length += length;
			this.ends[this.count] = this.length;
			this.checksums[this.count] = checksum;
			this.strides[this.count] = (stride <= Character.MAX_VALUE) ? (char) stride : 0;
			this.separatorEnds[this.count] = this.separatorLength;
			this.count++;
		}

		/** Makes a group of the pages, and begins the next. */
		PageGroup build() {
			PageGroup group = new PageGroup(this.offset, Arrays.copyOf(this.ends, this.count),
					Arrays.copyOf(this.checksums, this.count), Arrays.copyOf(this.strides, this.count),
					Arrays.copyOf(this.separatorEnds, this.count),
					Arrays.copyOf(this.separators, this.separatorLength));
			this.offset += this.length;
			this.count = 0;
			this.length = 0;
			this.separatorLength = 0;
			return group;
		}

	}

}
