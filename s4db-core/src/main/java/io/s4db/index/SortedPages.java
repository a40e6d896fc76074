package io.s4db.index;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Records of keys in the order of the keys' bytes, in pages that are read one at a time:
 * for more of them than memory is there for.
 *
 * <pre>
 * page:  | entry | entry | …          some KiB of whole entries
 * entry: | key length | key | file | offset | entry length |
 *        | 2          | …   | 4    | 8      | 4            |   bytes, big-endian
 * </pre>
 *
 * An entry is that of an index file; file 0 is that of a tombstone. What leads to a page
 * is on the heap ({@link PageGroup}). A lookup is a binary search on the heap, and a
 * search in one page, where it stands ({@link PageSearch}). Neither copies a key.
 * <p>
 * Immutable. Any number of threads may read, without locks.
 */
public abstract sealed class SortedPages permits SortedFile, StoredPages {

	private static final int OBJECT_BYTES = 160;

	private final KeyHash hash;

	private final long size;

	private final long bytes;

	final PageGroup[] groups;

	/** The {@link KeyHead} of the separator before each group. */
	private final long[] heads;

	/** The greatest key. */
	private final byte[] last;

	SortedPages(KeyHash hash, long size, long bytes, PageGroup[] groups, byte[] last) {
		this.hash = hash;
		this.size = size;
		this.bytes = bytes;
		this.groups = groups;
		this.heads = new long[groups.length];
		for (int i = 0; i < groups.length; i++) {
			this.heads[i] = KeyHead.of(groups[i].separators(), 0, groups[i].separatorEnd(0));
		}
		this.last = last;
	}

	/** How many records there are, those of tombstones included. */
	public final long size() {
		return this.size;
	}

	/** How many bytes all pages have. */
	public final long bytes() {
		return this.bytes;
	}

	/** The bytes of heap that it takes. */
	public long heapBytes() {
		long heap = OBJECT_BYTES + this.last.length + this.groups.length * 16L;
		for (PageGroup group : this.groups) {
			heap += group.heapBytes();
		}
		return heap;
	}

	/**
	 * Where the entry of a key stands, a tombstone's as well; null if there is none.
	 * @throws io.s4db.CorruptDataException if the page that has to tell is damaged
	 */
	public final @Nullable Location get(byte[] buffer, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, buffer.length);
		if (!isInside(buffer, offset, length)) {
			return null;
		}
		int at = groupOf(buffer, offset, length);
		return find(at, this.groups[at].pageOf(buffer, offset, length), buffer, offset, length);
	}

	/** Whether a key is not greater than all. */
	final boolean isInside(byte[] key, int offset, int length) {
		return this.size > 0
				&& Arrays.compareUnsigned(key, offset, offset + length, this.last, 0, this.last.length) <= 0;
	}

	/** Looks for a key in the only page in which it can stand. */
	abstract @Nullable Location find(int at, int page, byte[] key, int offset, int length);

	/** Reads pages for a walk. */
	@FunctionalInterface
	interface PageReader {

		/**
		 * A copy of a page, or one that does not change, which is whole.
		 * @param wanted how many pages are wanted next, this one included, in the order
		 * of the walk: where reading several is no dearer than reading one
		 */
		byte[] read(int page, int wanted);

	}

	/** Reads pages for a walk in a direction. */
	abstract PageReader reader(boolean descending);

	/** The last group whose first separator is not greater than the key. */
	private int groupOf(byte[] key, int offset, int length) {
		long head = KeyHead.of(key, offset, length);
		int low = 1;
		int high = this.groups.length;
		while (low < high) {
			int middle = (low + high) >>> 1;
			long found = this.heads[middle];
			if (KeyHead.isLess(found, head)
					|| (found == head && this.groups[middle].compareSeparator(0, key, offset, length) <= 0)) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		return low - 1;
	}

	/**
	 * How many bytes all keys of a page, and those that could stand in it, have in common
	 * at least: those that the separators around it do.
	 */
	final int common(int at, int page) {
		PageGroup group = this.groups[at];
		int from = group.separatorStart(page);
		int to = group.separatorEnd(page);
		int different;
		if (page + 1 < group.pages()) {
			different = Arrays.mismatch(group.separators(), from, to, group.separators(), to,
					group.separatorEnd(page + 1));
		}
		else if (at + 1 < this.groups.length) {
			PageGroup next = this.groups[at + 1];
			different = Arrays.mismatch(group.separators(), from, to, next.separators(), 0, next.separatorEnd(0));
		}
		else {
			different = Arrays.mismatch(group.separators(), from, to, this.last, 0, this.last.length);
		}
		return (different < 0) ? to - from : different;
	}

	/**
	 * Walks over the records within bounds, those of tombstones included, in the order of
	 * their keys or backwards. The cursor is for one thread at a time, and needs no
	 * closing; it takes the heap of a page. One that is at a damaged page throws a
	 * {@link io.s4db.CorruptDataException}, and goes no further.
	 */
	public final KeyIndex.Cursor cursor(KeyBounds bounds, boolean descending) {
		return cursor(bounds, descending, reader(descending));
	}

	final KeyIndex.Cursor cursor(KeyBounds bounds, boolean descending, PageReader reader) {
		return new SortedPagesCursor(this, reader, this.hash, bounds, descending);
	}

	/** How many pages there are. */
	public final int pages() {
		int whole = this.groups.length - 1;
		return (whole < 0) ? 0 : whole * PageGroup.PAGES + this.groups[whole].pages();
	}

	/** The only page in which a key can stand; -1 if there is none. */
	final int pageOf(byte[] key) {
		return (this.size > 0) ? pageOf(key, 0, key.length) : -1;
	}

	final int pageOf(byte[] key, int offset, int length) {
		int at = groupOf(key, offset, length);
		return at * PageGroup.PAGES + this.groups[at].pageOf(key, offset, length);
	}

	/** Compares the separator before a page with a key. */
	final int compareSeparator(int page, byte[] key) {
		return this.groups[page / PageGroup.PAGES].compareSeparator(page % PageGroup.PAGES, key, 0, key.length);
	}

}
