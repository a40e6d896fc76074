package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.s4db.index.KeyBounds;
import io.s4db.index.KeyIndex;
import io.s4db.index.KeyLookup;
import io.s4db.index.Location;
import io.s4db.index.SortedFile;
import io.s4db.index.StoredLookup;
import io.s4db.index.StoredPages;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a base, below others that were put or removed without a look at it: how
 * many there are together, and which pages are to be fetched for some of them. For any
 * thread.
 */
final class BaseKeys {

	/** So many pages that nobody wants are fetched rather than making two requests. */
	private static final int PAGES_BETWEEN = 4;

	private static final int PAGES_AT_ONCE = 64;

	/** Larger pages are fewer. */
	private static final int MOST_BYTES = 2 << 20;

	/** Keys that are looked for together when they are counted. */
	private static final int KEYS_AT_ONCE = 1 << 16;

	private final StoredPages pages;

	private final IoPool io;

	private final int parallelism;

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
	 * A key, and the only page in which it can stand.
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Placed(byte[] key, int page) {
	}

	/**
	 * Pages that are fetched together.
	 *
	 * @param keys what is looked for in them, in the order of the pages
	 */
	private record Run(List<Placed> keys) {

		private int first() {
			return this.keys.get(0).page();
		}

		private int last() {
			return this.keys.get(this.keys.size() - 1).page();
		}

	}

	BaseKeys(StoredPages pages, IoPool io, int parallelism) {
		this.pages = pages;
		this.io = io;
		this.parallelism = parallelism;
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
		Difference difference = new Difference();
		List<KeyLookup> higher = new ArrayList<>();
		KeyIndex.Visitor visitor = (buffer, keyOffset, keyLength, hash, file, offset, entryLength, tombstone) -> {
			if (higher.stream().allMatch((tier) -> tier.get(buffer, keyOffset, keyLength, hash) == null)) {
				difference.add(Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength), tombstone);
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
		return difference.keys();
	}

	/** Looks at some keys together. */
	private final class Difference {

		private final List<byte[]> put = new ArrayList<>();

		private final List<byte[]> removed = new ArrayList<>();

		private long keys;

		private void add(byte[] key, boolean tombstone) {
			(tombstone ? this.removed : this.put).add(key);
			if (this.put.size() + this.removed.size() == KEYS_AT_ONCE) {
				look();
			}
		}

		private void look() {
			this.keys += this.put.size() - there(this.put) - there(this.removed);
			this.put.clear();
			this.removed.clear();
		}

		private long there(List<byte[]> some) {
			StoredLookup lookup = look(some);
			return some.stream().filter((key) -> lookup.get(BaseKeys.this.pages, key, 0, key.length) != null).count();
		}

		private StoredLookup look(List<byte[]> some) {
			return BaseKeys.this.look(some.stream());
		}

		private long keys() {
			look();
			return this.keys;
		}

	}

	/** Looks for those of some keys that are not known above, many at once. */
	StoredLookup look(Collection<byte[]> keys, Tiers tiers) {
		return look(keys.stream()
			.filter((key) -> tiers.getHere(key, 0, key.length, tiers.recent().hash(key, 0, key.length)) == null));
	}

	/**
	 * What it found is remembered, not the pages: they may be more than there is room
	 * for.
	 */
	private StoredLookup look(Stream<byte[]> keys) {
		Map<byte[], Optional<Location>> found = new IdentityHashMap<>();
		this.io.map(this.parallelism, runs(keys), this::find).forEach(found::putAll);
		return (in, key, offset, length) -> {
			Optional<Location> known = (in == this.pages && offset == 0 && length == key.length) ? found.get(key)
					: null;
			return (known != null) ? known.orElse(null) : in.get(key, offset, length);
		};
	}

	/** Of a page that is damaged nothing: who looks into that is told. */
	private Map<byte[], Optional<Location>> find(Run run) {
		Map<byte[], Optional<Location>> found = new IdentityHashMap<>();
		int first = run.first();
		byte[] @Nullable [] fetched = this.pages.fetch(first, run.last() + 1);
		for (Placed one : run.keys()) {
			byte[] page = fetched[one.page() - first];
			if (page != null) {
				byte[] key = one.key();
				found.put(key, Optional.ofNullable(this.pages.findIn(page, one.page(), key, 0, key.length)));
			}
		}
		return found;
	}

	/** Which pages are to be fetched for some keys. */
	private List<Run> runs(Stream<byte[]> keys) {
		List<Placed> wanted = keys.map((key) -> new Placed(key, this.pages.pageFor(key, 0, key.length)))
			.filter((one) -> one.page() >= 0)
			.sorted(Comparator.comparingInt(Placed::page))
			.toList();
		List<Run> runs = new ArrayList<>();
		int from = 0;
		for (int i = 1; i <= wanted.size(); i++) {
			if (i == wanted.size() || !isTogether(wanted.get(from).page(), wanted.get(i - 1).page(), wanted.get(i))) {
				runs.add(new Run(wanted.subList(from, i)));
				from = i;
			}
		}
		return runs;
	}

	private boolean isTogether(int first, int last, Placed next) {
		int page = next.page();
		return page == last || (page - last <= PAGES_BETWEEN && page - first < PAGES_AT_ONCE
				&& this.pages.start(page) + this.pages.length(page) - this.pages.start(first) <= MOST_BYTES);
	}

}
