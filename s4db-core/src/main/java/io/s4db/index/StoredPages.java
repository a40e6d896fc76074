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
	@FunctionalInterface
	public interface Source {

		/**
		 * The bytes of a page, which nobody changes.
		 * @param page its number
		 * @param from the first of the pages that are wanted soon, as they stand side by
		 * side
		 * @param to the page behind the last of these
		 * @param pages tells of each page where it stands and its checksum
		 */
		byte[] page(int page, int from, int to, StoredPages pages);

	}

	@Override
	@Nullable Location find(int at, int page, byte[] key, int offset, int length) {
		int number = at * PageGroup.PAGES + page;
		byte[] bytes = this.source.page(number, number, number + 1, this);
		try {
			return PageSearch.find(ByteBuffer.wrap(bytes), 0, bytes.length, 0, common(at, page), key, offset, length);
		}
		catch (IndexOutOfBoundsException ex) {
			throw new CorruptDataException("A page of the index is none, though its checksum is right", ex);
		}
	}

	@Override
	byte[] read(int page, int wanted, boolean descending) {
		int from = descending ? page - wanted + 1 : page;
		return this.source.page(page, from, from + wanted, this);
	}

	/** Fetches pages that stand side by side, unless they are there. */
	public boolean fetch(int from, int to) {
		return this.source.page(from, from, to, this).length > 0;
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
	public int pageFor(byte[] key) {
		return pageOf(key);
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
