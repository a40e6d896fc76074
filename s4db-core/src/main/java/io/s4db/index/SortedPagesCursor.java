package io.s4db.index;

import java.util.Arrays;
import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

/**
 * Walks over the pages of a {@link SortedPages}, in one direction or the other, each as a
 * copy of its own.
 */
final class SortedPagesCursor implements KeyIndex.Cursor {

	/** Pages that are asked for at once. */
	private static final int MOST_AT_ONCE = 64;

	private final SortedPages file;

	private final SortedPages.PageReader reader;

	private final KeyHash hash;

	private final KeyBounds bounds;

	private final boolean descending;

	/** The page that comes next; outside of the file if there is none. */
	private int nextPage;

	/** Half of the pages that are asked for next. */
	private int atOnce = 2;

	private byte[] page = new byte[0];

	/** Where the entries of the page stand. */
	private int[] entries = new int[0];

	/** The first entry that is within the bounds, and the first after it that is not. */
	private int low;

	private int high;

	/** The entry of the page at which this is; outside of low and high if at none. */
	private int at;

	SortedPagesCursor(SortedPages file, SortedPages.PageReader reader, KeyHash hash, KeyBounds bounds,
			boolean descending) {
		this.file = file;
		this.reader = reader;
		this.hash = hash;
		this.bounds = bounds;
		this.descending = descending;
		this.nextPage = bounds.isEmpty() ? -1 : descending ? lastPage(bounds.to()) : file.pageOf(bounds.from());
	}

	/** The last page that has keys before one; all of them where it is null. */
	private int lastPage(byte @Nullable [] to) {
		if (to == null) {
			return this.file.pages() - 1;
		}
		int page = this.file.pageOf(to);
		return (page > 0 && this.file.compareSeparator(page, to) >= 0) ? page - 1 : page;
	}

	@Override
	public boolean next() {
		this.at += this.descending ? -1 : 1;
		while (!isInPage()) {
			if (this.nextPage < 0 || this.nextPage >= this.file.pages()) {
				leave();
				return false;
			}
			load();
		}
		return true;
	}

	private boolean isInPage() {
		return this.at >= this.low && this.at < this.high;
	}

	/** Stays at no entry, however often it is asked for the next. */
	private void leave() {
		this.low = 0;
		this.high = 0;
		this.at = this.descending ? 0 : -1;
	}

	private void load() {
		leave();
		this.page = this.reader.read(this.nextPage, wanted());
		int count = findEntries();
		byte[] to = this.bounds.to();
		this.low = lowerBound(count, this.bounds.from());
		this.high = (to != null) ? lowerBound(count, to) : count;
		this.at = this.descending ? this.high - 1 : this.low;
		boolean ended = this.descending ? endsBefore() : endsAfter(count, to);
		if (ended) {
			this.nextPage = -1;
		}
		else {
			this.nextPage += this.descending ? -1 : 1;
		}
	}

	/** Some at first, and more each time, but none that is beyond the bounds. */
	private int wanted() {
		int last = this.descending ? this.file.pageOf(this.bounds.from()) : lastPage(this.bounds.to());
		int left = 1 + Math.abs(last - this.nextPage);
		this.atOnce = Math.min(2 * this.atOnce, MOST_AT_ONCE);
		return Math.min(left, this.atOnce);
	}

	/** Whether no page before the one that was loaded has keys within the bounds. */
	private boolean endsBefore() {
		return this.low > 0 || this.file.compareSeparator(this.nextPage, this.bounds.from()) <= 0;
	}

	/** Whether no page after it has. */
	private boolean endsAfter(int count, byte @Nullable [] to) {
		return this.high < count || (to != null && this.nextPage + 1 < this.file.pages()
				&& this.file.compareSeparator(this.nextPage + 1, to) >= 0);
	}

	private int findEntries() {
		int count = 0;
		for (int from = 0; from < this.page.length; from = SortedEntry.OVERHEAD + from
				+ SortedEntry.keyLength(this.page, from)) {
			if (count == this.entries.length) {
				this.entries = Arrays.copyOf(this.entries, Math.max(2 * count, 64));
			}
			this.entries[count++] = from;
		}
		return count;
	}

	/** The first entry whose key is not less. */
	private int lowerBound(int count, byte[] key) {
		if (key.length == 0) {
			return 0;
		}
		int from = 0;
		int to = count;
		while (from < to) {
			int middle = (from + to) >>> 1;
			int keyAt = this.entries[middle] + SortedEntry.LENGTH_BYTES;
			int keyEnd = keyAt + SortedEntry.keyLength(this.page, this.entries[middle]);
			if (Arrays.compareUnsigned(this.page, keyAt, keyEnd, key, 0, key.length) < 0) {
				from = middle + 1;
			}
			else {
				to = middle;
			}
		}
		return from;
	}

	private int entry() {
		if (!isInPage()) {
			throw new NoSuchElementException("The cursor is at no record");
		}
		return this.entries[this.at];
	}

	private int numbers() {
		int entry = entry();
		return entry + SortedEntry.LENGTH_BYTES + SortedEntry.keyLength(this.page, entry);
	}

	@Override
	public byte[] buffer() {
		return this.page;
	}

	@Override
	public int keyOffset() {
		return entry() + SortedEntry.LENGTH_BYTES;
	}

	@Override
	public int keyLength() {
		return SortedEntry.keyLength(this.page, entry());
	}

	@Override
	public long hash() {
		return this.hash.of(this.page, keyOffset(), keyLength());
	}

	@Override
	public long file() {
		return SortedEntry.file(this.page, numbers());
	}

	@Override
	public long offset() {
		return SortedEntry.offset(this.page, numbers());
	}

	@Override
	public int entryLength() {
		return SortedEntry.entryLength(this.page, numbers());
	}

	@Override
	public boolean tombstone() {
		return file() == 0;
	}

}
