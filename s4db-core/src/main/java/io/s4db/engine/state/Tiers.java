package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.s4db.IndexTierStats;
import io.s4db.IndexTierStats.Kind;
import io.s4db.index.KeyBounds;
import io.s4db.index.KeyIndex;
import io.s4db.index.KeyLookup;
import io.s4db.index.Location;
import io.s4db.index.MergedRecords;
import io.s4db.index.PageWindow;
import io.s4db.index.SortedFile;
import io.s4db.index.SortedPages;
import io.s4db.index.StoredLookup;
import io.s4db.index.StoredPages;
import org.jspecify.annotations.Nullable;

/**
 * The tiers of {@link CommittedKeys}, from the top. The stack is immutable, and so is all
 * in it but the recent table.
 */
final class Tiers {

	private final KeyIndex recent;

	private final List<KeyIndex> sealed;

	private final List<SortedFile> files;

	/** What the others are on top of, in the store; null if nothing is. */
	private final @Nullable StoredPages stored;

	/** All but the recent one. */
	private final KeyLookup[] below;

	/**
	 * @param recent what is put comes here
	 * @param sealed those that are being written, newest first
	 * @param files those that are written, newest first
	 * @param stored what they are on top of, in the store; null if nothing is
	 */
	Tiers(KeyIndex recent, List<KeyIndex> sealed, List<SortedFile> files, @Nullable StoredPages stored) {
		this.recent = recent;
		this.sealed = List.copyOf(sealed);
		this.files = List.copyOf(files);
		this.stored = stored;
		this.below = Stream.concat(sealed.stream(), sorted().stream().map(Tiers::lookup)).toArray(KeyLookup[]::new);
	}

	private static KeyLookup lookup(SortedPages pages) {
		return (buffer, offset, length, hash) -> pages.get(buffer, offset, length);
	}

	/** The same, on top of something in the store. */
	Tiers with(List<KeyIndex> otherSealed, List<SortedFile> otherFiles) {
		return new Tiers(this.recent, otherSealed, otherFiles, this.stored);
	}

	@Nullable StoredPages stored() {
		return this.stored;
	}

	/** Those that are sorted, newest first. */
	List<SortedPages> sorted() {
		List<SortedPages> all = new ArrayList<>(this.files);
		if (this.stored != null) {
			all.add(this.stored);
		}
		return all;
	}

	/** What tiers of this process say, which may be a tombstone. */
	@Nullable Location getHere(byte[] buffer, int offset, int length, long hash) {
		Location location = this.recent.get(buffer, offset, length, hash);
		int here = this.below.length - ((this.stored != null) ? 1 : 0);
		for (int tier = 0; location == null && tier < here; tier++) {
			location = this.below[tier].get(buffer, offset, length, hash);
		}
		return location;
	}

	KeyIndex recent() {
		return this.recent;
	}

	List<KeyIndex> sealed() {
		return this.sealed;
	}

	List<SortedFile> files() {
		return this.files;
	}

	/** Whether the recent one is all there is. */
	boolean inMemory() {
		return this.below.length == 0;
	}

	/** Those in memory, newest first. */
	List<KeyIndex> memory() {
		List<KeyIndex> all = new ArrayList<>();
		all.add(this.recent);
		all.addAll(this.sealed);
		return all;
	}

	/** How large each is, from the top. */
	List<IndexTierStats> stats() {
		List<IndexTierStats> stats = new ArrayList<>();
		stats.add(stats(Kind.RECENT, this.recent));
		this.sealed.forEach((index) -> stats.add(stats(Kind.SEALED, index)));
		this.files.forEach((file) -> stats.add(stats(Kind.FILE, file)));
		if (this.stored != null) {
			stats.add(stats(Kind.BASE, this.stored));
		}
		return stats;
	}

	private static IndexTierStats stats(Kind kind, KeyIndex index) {
		return new IndexTierStats(kind, index.size(), index.heapBytes(), 0);
	}

	private static IndexTierStats stats(Kind kind, SortedPages pages) {
		return new IndexTierStats(kind, pages.size(), pages.bytes(), pages.pages());
	}

	/** What the first tier that knows a key says, which may be a tombstone. */
	@Nullable Location get(byte[] buffer, int offset, int length, long hash) {
		Location location = this.recent.get(buffer, offset, length, hash);
		return (location != null) ? location : getBelow(0, buffer, offset, length, hash);
	}

	/** The same, where it is to be asked of what is in the store as given. */
	@Nullable Location get(byte[] buffer, int offset, int length, long hash, StoredLookup ofStored) {
		Location here = getHere(buffer, offset, length, hash);
		StoredPages pages = this.stored;
		return (here != null || pages == null) ? here : ofStored.get(pages, buffer, offset, length);
	}

	/**
	 * The same, without the first ones.
	 * @param from how many below the recent one are left out, too
	 */
	@Nullable Location getBelow(int from, byte[] buffer, int offset, int length, long hash) {
		for (int tier = from; tier < this.below.length; tier++) {
			Location location = this.below[tier].get(buffer, offset, length, hash);
			if (location != null) {
				return location;
			}
		}
		return null;
	}

	/** Null for a tombstone. */
	static @Nullable Location live(@Nullable Location location) {
		return (location != null && !location.tombstone()) ? location : null;
	}

	/** The records of files, in order, those of tombstones included. */
	static KeyIndex.Cursor merged(List<SortedFile> newestFirst) {
		return MergedRecords.of(newestFirst.stream().map((file) -> file.cursor(KeyBounds.ALL, false)).toList(), false);
	}

	/**
	 * The records of those that are sorted, within bounds.
	 * @param window keeps the pages of what is in the store that it is at
	 */
	KeyIndex.Cursor cursor(KeyBounds bounds, boolean descending, PageWindow window) {
		List<KeyIndex.Cursor> newestFirst = new ArrayList<>();
		this.files.forEach((file) -> newestFirst.add(file.cursor(bounds, descending)));
		if (this.stored != null) {
			newestFirst.add(this.stored.cursor(bounds, descending, window));
		}
		return MergedRecords.of(newestFirst, descending);
	}

}
