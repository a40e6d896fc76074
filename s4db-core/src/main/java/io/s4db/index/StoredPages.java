package io.s4db.index;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import io.s4db.CorruptDataException;
import org.jspecify.annotations.Nullable;

/**
 * Sorted records whose pages stand somewhere else, and are fetched when they are needed.
 * Who fetches them keeps those that may be needed again.
 */
public final class StoredPages extends SortedPages {

	private final Source source;

	private StoredPages(KeyHash hash, long size, long bytes, PageGroup[] groups, byte[] last, Source source) {
		super(hash, size, bytes, groups, last);
		this.source = source;
	}

	/**
	 * Gives pages, whole. For any thread.
	 */
	public interface Source {

		/**
		 * The bytes of pages that stand side by side, which nobody changes; null for one
		 * that is damaged.
		 * @param from the first of them
		 * @param to the page behind the last
		 * @param pages tells of each page where it stands and its checksum
		 */
		byte[] @Nullable [] pages(int from, int to, StoredPages pages);

		/** What is to be thrown for one that is. */
		CorruptDataException damaged(int page, StoredPages pages);

		/** So many bytes are asked for at once, unless one page is larger. */
		long mostBytes();

	}

	@Override
	@Nullable Location find(int at, int page, byte[] key, int offset, int length) {
		int number = at * PageGroup.PAGES + page;
		byte[] bytes = fetch(number, number + 1)[0];
		if (bytes == null) {
			throw damaged(number);
		}
		return findIn(bytes, number, key, offset, length);
	}

	/**
	 * Looks for a key in the page in which it can stand.
	 * @param page its number, as {@link #pageFor} says
	 */
	public @Nullable Location findIn(byte[] bytes, int page, byte[] key, int offset, int length) {
		int common = common(page / PageGroup.PAGES, page % PageGroup.PAGES);
		try {
			return PageSearch.find(ByteBuffer.wrap(bytes), 0, bytes.length, 0, common, key, offset, length);
		}
		catch (IndexOutOfBoundsException ex) {
			throw new CorruptDataException("A page of the index is none, though its checksum is right", ex);
		}
	}

	@Override
	PageReader reader(boolean descending) {
		return reader(descending, new PageWindow());
	}

	private PageReader reader(boolean descending, PageWindow window) {
		return (page, wanted) -> window.read(this, page, wanted, descending);
	}

	/**
	 * The same as {@link #cursor(KeyBounds, boolean)}.
	 * @param window keeps the pages that it is at
	 */
	public KeyIndex.Cursor cursor(KeyBounds bounds, boolean descending, PageWindow window) {
		return cursor(bounds, descending, reader(descending, window));
	}

	/** Pages that stand side by side; null for one that is damaged. */
	public byte[] @Nullable [] fetch(int from, int to) {
		return this.source.pages(from, to, this);
	}

	/** What is to be thrown for a page that is damaged. */
	CorruptDataException damaged(int page) {
		return this.source.damaged(page, this);
	}

	/** So many bytes are asked for at once, unless one page is larger. */
	public long mostBytes() {
		return this.source.mostBytes();
	}

	/** Where a page begins, from the first one on. */
	public long start(int page) {
		PageGroup group = this.groups[page / PageGroup.PAGES];
		return group.offset() + group.start(page % PageGroup.PAGES);
	}

	/** How long a page is. */
	public int length(int page) {
		PageGroup group = this.groups[page / PageGroup.PAGES];
		int inGroup = page % PageGroup.PAGES;
		return group.end(inGroup) - group.start(inGroup);
	}

	/** The CRC-32C of a page's bytes. */
	public int checksum(int page) {
		return this.groups[page / PageGroup.PAGES].checksum(page % PageGroup.PAGES);
	}

	/** The only page in which a key can stand; -1 if it is in none. */
	public int pageFor(byte[] buffer, int offset, int length) {
		return isInside(buffer, offset, length) ? pageOf(buffer, offset, length) : -1;
	}

	/** Takes what leads to the pages. */
	public static final class Builder {

		private final PageGroup.Builder pages = new PageGroup.Builder();

		private final List<PageGroup> groups = new ArrayList<>();

		private long size;

		private long bytes;

		/** Adds the page that comes next. */
		public void add(int length, int checksum, int entries, byte[] separators, int separatorOffset,
				int separatorLength) {
			this.pages.separator(separators, separatorOffset, separatorLength);
			this.pages.add(length, checksum, 0);
			this.size += entries;
			this.bytes += length;
			if (this.pages.isFull()) {
				this.groups.add(this.pages.build());
			}
		}

		/**
		 * All of them.
		 * @param last the greatest key
		 * @param hashes whose {@link KeyIndex#hash} the cursors give; not kept
		 */
		public StoredPages build(byte[] last, KeyIndex hashes, Source source) {
			if (!this.pages.isEmpty()) {
				this.groups.add(this.pages.build());
			}
			return new StoredPages(hashes.keyHash(), this.size, this.bytes, this.groups.toArray(PageGroup[]::new), last,
					source);
		}

	}

}
