package io.s4db.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Different keys in the order of their bytes. Immutable. They stand in pages of some two
 * KiB, each key without what it has in common with the one before:
 *
 * <pre>
 * page: | number of keys: 2 | length in common: varint | length of the rest: varint | rest | ...
 * </pre>
 *
 * The first key of a page has nothing in common with another, so pages are found by
 * binary search. A key takes two bytes and its rest.
 */
public final class SortedKeys {

	private static final int PAGE_BYTES = 2048;

	private static final int COUNT_BYTES = 2;

	/** A page may have one key that is longer than it. */
	private static final int MAX_OVERHEAD = 6;

	private static final int OBJECT_BYTES = 16;

	private static final byte[] NONE = {};

	private static final int KEYS_EACH_TIME = 1 << 16;

	private final byte[][] pages;

	private final long size;

	private final long heapBytes;

	private SortedKeys(byte[][] pages, long size) {
		this.pages = pages;
		this.size = size;
		long bytes = OBJECT_BYTES + pages.length * 4L;
		for (byte[] page : pages) {
			bytes += OBJECT_BYTES + page.length;
		}
		this.heapBytes = bytes;
	}

	/** Sorts keys, which are different or not. The array is sorted in place. */
	public static SortedKeys of(byte[][] keys) {
		Arrays.sort(keys, Arrays::compareUnsigned);
		Builder builder = new Builder();
		byte[] last = null;
		for (byte[] key : keys) {
			if (last == null || !Arrays.equals(key, last)) {
				builder.add(key);
			}
			last = key;
		}
		return builder.build();
	}

	/**
	 * The keys of records that come in order, each once.
	 * @param eachTime is run now and then
	 */
	public static SortedKeys of(KeyIndex.Cursor records, Runnable eachTime) {
		Builder builder = new Builder();
		int since = 0;
		while (records.next()) {
			int from = records.keyOffset();
			builder.add(Arrays.copyOfRange(records.buffer(), from, from + records.keyLength()));
			if (++since == KEYS_EACH_TIME) {
				eachTime.run();
				since = 0;
			}
		}
		return builder.build();
	}

	/**
	 * All keys of several, each once.
	 * @param wanted which of them are taken over
	 */
	public static SortedKeys merge(List<SortedKeys> parts, Predicate<byte[]> wanted) {
		KeyCursor keys = cursor(parts, KeyBounds.ALL, false);
		Builder builder = new Builder();
		for (byte[] key = keys.next(); key != null; key = keys.next()) {
			if (wanted.test(key)) {
				builder.add(key);
			}
		}
		return builder.build();
	}

	/** Walks over the keys of several within bounds, each once. */
	public static KeyCursor cursor(List<SortedKeys> parts, KeyBounds bounds, boolean descending) {
		return MergedKeys.of(parts.stream().map((part) -> part.cursor(bounds, descending)).toList(), descending);
	}

	/** How many there are. */
	public long size() {
		return this.size;
	}

	/** The bytes of heap that they take. */
	public long heapBytes() {
		return this.heapBytes;
	}

	/** Walks over the keys within bounds. */
	public KeyCursor cursor(KeyBounds bounds, boolean descending) {
		return (this.pages.length == 0) ? KeyCursor.NONE : new Walk(bounds, descending);
	}

	/** The last page that begins with the key, or one before it; 0 if none does. */
	private int pageOf(byte[] key) {
		int low = 1;
		int high = this.pages.length;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (compareFirst(this.pages[middle], key) <= 0) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		return low - 1;
	}

	private static int compareFirst(byte[] page, byte[] key) {
		// Nothing in common takes one byte.
		Reader reader = new Reader(page, COUNT_BYTES + 1);
		int length = reader.varint();
		return Arrays.compareUnsigned(page, reader.at, reader.at + length, key, 0, key.length);
	}

	/** The keys of a page that are within bounds. */
	private static byte[][] keys(byte[] page, KeyBounds bounds) {
		byte[][] keys = new byte[(page[0] & 0xff) << 8 | (page[1] & 0xff)][];
		Reader reader = new Reader(page, COUNT_BYTES);
		int count = 0;
		for (int i = 0; i < keys.length; i++) {
			reader.next();
			if (!bounds.isBeforeEnd(reader.key, 0, reader.length)) {
				break;
			}
			if (count > 0 || bounds.isAfterBegin(reader.key, 0, reader.length)) {
				keys[count++] = Arrays.copyOf(reader.key, reader.length);
			}
		}
		return (count == keys.length) ? keys : Arrays.copyOf(keys, count);
	}

	/** Reads what stands in a page. */
	private static final class Reader {

		private final byte[] page;

		private int at;

		private byte[] key = NONE;

		private int length;

		private Reader(byte[] page, int at) {
			this.page = page;
			this.at = at;
		}

		private int varint() {
			int value = 0;
			for (int shift = 0;; shift += 7) {
				byte b = this.page[this.at++];
				value |= (b & 0x7f) << shift;
				if (b >= 0) {
					return value;
				}
			}
		}

		/** Goes to the next key: the first {@link #length} bytes of {@link #key}. */
		private void next() {
			int common = varint();
			int rest = varint();
			this.length = common + rest;
			if (this.length > this.key.length) {
				this.key = Arrays.copyOf(this.key, 2 * this.length);
			}
			System.arraycopy(this.page, this.at, this.key, common, rest);
			this.at += rest;
		}

	}

	/** A walk over the pages, in one direction or the other. */
	private final class Walk implements KeyCursor {

		private final KeyBounds bounds;

		private final boolean descending;

		private int page;

		/** Those of the page that are within bounds. */
		private byte[][] keys;

		/** Which of them comes next; outside of the array if all have come. */
		private int at;

		private Walk(KeyBounds bounds, boolean descending) {
			this.bounds = bounds;
			this.descending = descending;
			byte[] begin = descending ? bounds.to() : bounds.from();
			int first = (begin != null) ? pageOf(begin) : descending ? SortedKeys.this.pages.length - 1 : 0;
			this.keys = read(first);
			if (this.keys.length == 0) {
				// The page where a key may stand ends before it.
				nextPage();
			}
		}

		private byte[][] read(int number) {
			this.page = number;
			byte[][] read = SortedKeys.keys(SortedKeys.this.pages[number], this.bounds);
			this.at = this.descending ? read.length - 1 : 0;
			return read;
		}

		private boolean isInPage() {
			return this.at >= 0 && this.at < this.keys.length;
		}

		private void nextPage() {
			int following = this.page + (this.descending ? -1 : 1);
			if (following >= 0 && following < SortedKeys.this.pages.length) {
				this.keys = read(following);
			}
		}

		@Override
		public byte @Nullable [] next() {
			if (!isInPage() && this.keys.length > 0) {
				nextPage();
			}
			if (!isInPage()) {
				return null;
			}
			byte[] key = this.keys[this.at];
			this.at += this.descending ? -1 : 1;
			return key;
		}

	}

	/** Makes pages of keys that come in order. */
	private static final class Builder {

		private final List<byte[]> pages = new ArrayList<>();

		private byte[] page = new byte[PAGE_BYTES + 256];

		private int end = COUNT_BYTES;

		private int count;

		private long size;

		private byte[] last = new byte[0];

		private void add(byte[] key) {
			if (this.end >= PAGE_BYTES) {
				finishPage();
			}
			int common = 0;
			if (this.count > 0) {
				int different = Arrays.mismatch(this.last, key);
				common = (different < 0) ? key.length : different;
			}
			int rest = key.length - common;
			if (this.end + MAX_OVERHEAD + rest > this.page.length) {
				this.page = Arrays.copyOf(this.page, this.end + MAX_OVERHEAD + rest);
			}
			varint(common);
			varint(rest);
			System.arraycopy(key, common, this.page, this.end, rest);
			this.end += rest;
			this.count++;
			this.last = key;
		}

		private void varint(int value) {
			int left = value;
			while (left >= 0x80) {
				this.page[this.end++] = (byte) (left | 0x80);
				left >>>= 7;
			}
			this.page[this.end++] = (byte) left;
		}

		private void finishPage() {
			this.page[0] = (byte) (this.count >> 8);
			this.page[1] = (byte) this.count;
			this.pages.add(Arrays.copyOf(this.page, this.end));
			this.size += this.count;
			this.count = 0;
			this.end = COUNT_BYTES;
		}

		private SortedKeys build() {
			if (this.count > 0) {
				finishPage();
			}
			return new SortedKeys(this.pages.toArray(byte[][]::new), this.size);
		}

	}

}
