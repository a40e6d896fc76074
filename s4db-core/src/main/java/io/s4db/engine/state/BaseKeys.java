package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import io.s4db.index.KeyBounds;
import io.s4db.index.KeyIndex;
import io.s4db.index.KeyLookup;
import io.s4db.index.SortedFile;
import io.s4db.index.StoredPages;

/**
 * The keys of a base, below others that were put or removed without a look at it: how
 * many there are together, and which pages are to be fetched for some of them. For any
 * thread.
 */
final class BaseKeys {

	/** So many pages that nobody wants are fetched rather than making two requests. */
	private static final int PAGES_BETWEEN = 4;

	private static final int PAGES_AT_ONCE = 64;

	private final StoredPages pages;

	/** Raised after each key that was put or removed. Under the commit lock. */
	private volatile long changes;

	private volatile Counted counted;

	/**
	 * How many keys there were.
	 *
	 * @param changes after so many changes
	 * @param keys so many
	 */
	private record Counted(long changes, long keys) {
	}

	/**
	 * Pages that stand side by side.
	 *
	 * @param first the first of them
	 * @param last the last of them
	 */
	record Run(int first, int last) {
	}

	BaseKeys(StoredPages pages) {
		this.pages = pages;
		this.counted = new Counted(0, pages.size());
	}

	/** A key was put or removed above. */
	void changed() {
		long before = this.changes;
		this.changes = before + 1;
	}

	/** Whether it is known how many there are. */
	boolean isCounted() {
		return this.counted.changes() == this.changes;
	}

	/** How many there are; where that is not known, each key above counts as another. */
	long known(Tiers tiers) {
		Counted last = this.counted;
		return (last.changes() == this.changes) ? last.keys() : this.pages.size() + above(tiers);
	}

	private static long above(Tiers tiers) {
		return tiers.memory().stream().mapToLong(KeyIndex::size).sum()
				+ tiers.files().stream().mapToLong(SortedFile::size).sum();
	}

	/**
	 * How many there are: looks at the pages of those above, unless it did already.
	 * @param tiers gives those of now
	 */
	synchronized long count(Supplier<Tiers> tiers) {
		// First what is counted, then what is looked at, which may be more by then.
		long now = this.changes;
		Counted last = this.counted;
		if (last.changes() != now) {
			last = new Counted(now, this.pages.size() + difference(tiers.get()));
			this.counted = last;
		}
		return last.keys();
	}

	/** By how much those above change the number of keys. */
	private long difference(Tiers tiers) {
		long[] difference = new long[1];
		List<KeyLookup> higher = new ArrayList<>();
		KeyIndex.Visitor visitor = (buffer, keyOffset, keyLength, hash, file, offset, entryLength, tombstone) -> {
			if (higher.stream().allMatch((tier) -> tier.get(buffer, keyOffset, keyLength, hash) == null)) {
				boolean there = this.pages.get(buffer, keyOffset, keyLength) != null;
				difference[0] += (tombstone ? 0 : 1) - (there ? 1 : 0);
			}
		};
		for (KeyIndex tier : tiers.memory()) {
			tier.forEach(visitor);
			higher.add(tier);
		}
		for (SortedFile file : tiers.files()) {
			KeyIndex.Cursor cursor = file.cursor(KeyBounds.ALL, false);
			while (cursor.next()) {
				visitor.visit(cursor);
			}
			higher.add((buffer, offset, length, hash) -> file.get(buffer, offset, length));
		}
		return difference[0];
	}

	/** The pages in which those of some keys can stand that are not known above. */
	List<Run> runs(Collection<byte[]> keys, Tiers tiers) {
		int[] wanted = keys.stream()
			.filter((key) -> tiers.getHere(key, 0, key.length, tiers.recent().hash(key, 0, key.length)) == null)
			.mapToInt(this.pages::pageFor)
			.filter((page) -> page >= 0)
			.sorted()
			.distinct()
			.toArray();
		List<Run> runs = new ArrayList<>();
		for (int page : wanted) {
			Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
			if (last != null && page - last.last() <= PAGES_BETWEEN && page - last.first() < PAGES_AT_ONCE) {
				runs.set(runs.size() - 1, new Run(last.first(), page));
			}
			else {
				runs.add(new Run(page, page));
			}
		}
		return runs;
	}

	/** Fetches pages, unless they are there. */
	boolean fetch(Run run) {
		return this.pages.fetch(run.first(), run.last() + 1);
	}

}
