package io.s4db.index;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The pages that a walk over {@link StoredPages} is at: what was fetched ahead, and the
 * one before. So that each is fetched once, whatever else wants room where pages are
 * kept, and the keys that the walk gives are looked up in what it has. For one walk.
 */
public final class PageWindow implements StoredLookup {

	private @Nullable StoredPages pages;

	/** The first of those that were fetched together. */
	private int first;

	/** Null where one is damaged. */
	private byte[] @Nullable [] together = new byte[0][];

	private int lastNumber = -1;

	private byte[] last = new byte[0];

	private int beforeNumber = -1;

	private byte[] before = new byte[0];

	/** The page that comes next in a walk. */
	byte[] read(StoredPages from, int page, int wanted, boolean descending) {
		byte[] next = known(from, page);
		if (next == null) {
			fetch(from, page, wanted, descending);
			next = known(from, page);
		}
		if (next == null) {
			throw from.damaged(page);
		}
		if (page != this.lastNumber) {
			this.beforeNumber = this.lastNumber;
			this.before = this.last;
			this.lastNumber = page;
			this.last = next;
		}
		return next;
	}

	private void fetch(StoredPages from, int page, int wanted, boolean descending) {
		int low = page;
		int high = page + 1;
		long bytes = from.length(page);
		int next = descending ? low - 1 : high;
		while (high - low < wanted && bytes + from.length(next) <= from.mostBytes()) {
			bytes += from.length(next);
			low = Math.min(low, next);
			high = Math.max(high, next + 1);
			next += descending ? -1 : 1;
		}
		byte[] @Nullable [] fetched = from.fetch(low, high);
		if (from != this.pages) {
			this.lastNumber = -1;
			this.beforeNumber = -1;
		}
		this.pages = from;
		this.first = low;
		this.together = fetched;
	}

	private byte @Nullable [] known(StoredPages of, int page) {
		if (of != this.pages) {
			return null;
		}
		if (page >= this.first && page < this.first + this.together.length) {
			return this.together[page - this.first];
		}
		if (page == this.lastNumber) {
			return this.last;
		}
		return (page == this.beforeNumber) ? this.before : null;
	}

	@Override
	public @Nullable Location get(StoredPages of, byte[] key, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, key.length);
		int page = (of == this.pages) ? of.pageFor(key, offset, length) : -1;
		byte[] bytes = (page >= 0) ? known(of, page) : null;
		return (bytes != null) ? of.findIn(bytes, page, key, offset, length) : of.get(key, offset, length);
	}

}
