package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import io.s4db.IndexTierStats;
import io.s4db.index.AddedKeys;
import io.s4db.index.KeyBounds;
import io.s4db.index.KeyChanges;
import io.s4db.index.KeyCursor;
import io.s4db.index.KeyIndex;
import io.s4db.index.KeyTable;
import io.s4db.index.Location;
import io.s4db.index.MergedRecords;
import io.s4db.index.PageWindow;
import io.s4db.index.SortedFile;
import io.s4db.index.SortedPages;
import io.s4db.index.SortedRecords;
import io.s4db.index.StoredLookup;
import io.s4db.index.StoredPages;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the entries of the committed keys stand, however many there are: a log-structured
 * merge tree. What came last is in memory, in a hash table; what memory has no room for
 * is in files, sorted, and read in pages.
 *
 * <pre>
 * recent    a hash table: the one that changes               }
 * sealed    hash tables that are being written to files,     } memory
 *           newest first                                     }
 * files     sorted, newest first, each more than twice as
 *           large as the one before it
 * stored    the base, of which pages are fetched from the store when they are needed;
 *           readers alone have it, in place of all that is below
 * </pre>
 *
 * The first tier that has a record of a key decides; where there are files, a deleted key
 * has a tombstone in a tier above. As long as everything fits there is the one hash table
 * and nothing else, as fast as that is ({@link IndexFiles} says when it does not).
 * <p>
 * A hash table that became too large is sealed ({@link #makeRoom()}), and a task of the
 * pool writes it to a file, and merges files that are of about the same size. Nobody
 * waits for that but who would seal the next one. If it fails, as on a full disk, what is
 * sealed stays in memory, and it is tried again with the next one.
 * <p>
 * Each change says what stood there before, as the counts of live entries need it. With
 * files, that may take the reading of a page of each. On top of a base nobody is asked:
 * that would be a request for each key. So the number of keys is found out when somebody
 * asks for it.
 * <p>
 * Changed under the commit lock, read by anyone: a reader looks through one stack of
 * tiers, none of which but the first changes, and which stay readable as long as anyone
 * has them.
 */
public final class CommittedKeys implements KeyTable, KeyChanges {

	private static final Logger logger = LoggerFactory.getLogger(CommittedKeys.class);

	private final long hashSeed;

	private final IndexFiles space;

	private final IoPool io;

	/** Replaced under this. */
	private volatile Tiers tiers;

	/** The number of keys, where there is more than one tier. */
	private volatile long size;

	/** Whether keys are in files by now that were reported when they were in memory. */
	private volatile boolean reportedMore;

	/** What all of it is on top of; null if it is on top of nothing. */
	private volatile @Nullable BaseKeys base;

	/** Whether several threads fill the recent table. */
	private boolean divided;

	/** The task that writes what is sealed. */
	private Future<?> writing = CompletableFuture.completedFuture(null);

	CommittedKeys(long hashSeed, IndexFiles space, IoPool io) {
		this.hashSeed = hashSeed;
		this.space = space;
		this.io = io;
		this.tiers = new Tiers(new KeyIndex(hashSeed), List.of(), List.of(), null);
	}

	@Override
	public long hash(byte[] buffer, int offset, int length) {
		return this.tiers.recent().hash(buffer, offset, length);
	}

	/** Where the entry of a key stands; null if there is none. Never a tombstone. */
	@Override
	public @Nullable Location get(byte[] buffer, int offset, int length, long hash) {
		return Tiers.live(this.tiers.get(buffer, offset, length, hash));
	}

	/**
	 * The same, where it is to be asked of the base as given.
	 */
	public @Nullable Location get(byte[] buffer, int offset, int length, long hash, StoredLookup ofBase) {
		return Tiers.live(this.tiers.get(buffer, offset, length, hash, ofBase));
	}

	@Override
	public @Nullable Location put(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset,
			int entryLength) {
		Tiers now = this.tiers;
		if (now.inMemory()) {
			return now.recent().put(buffer, keyOffset, keyLength, hash, file, offset, entryLength, false);
		}
		BaseKeys onto = this.base;
		if (onto != null) {
			now.recent().put(buffer, keyOffset, keyLength, hash, file, offset, entryLength, false);
			onto.changed();
			return null;
		}
		// First what may fail: what was counted is what is there.
		Location before = Tiers.live(now.get(buffer, keyOffset, keyLength, hash));
		now.recent().put(buffer, keyOffset, keyLength, hash, file, offset, entryLength, false);
		if (before == null) {
			resize(1);
		}
		return before;
	}

	@Override
	public @Nullable Location remove(byte[] buffer, int keyOffset, int keyLength, long hash) {
		Tiers now = this.tiers;
		if (now.inMemory()) {
			return now.recent().remove(buffer, keyOffset, keyLength, hash);
		}
		BaseKeys onto = this.base;
		if (onto != null) {
			now.recent().put(buffer, keyOffset, keyLength, hash, 0, 0, 0, true);
			onto.changed();
			return null;
		}
		Location before = Tiers.live(now.get(buffer, keyOffset, keyLength, hash));
		if (before != null) {
			now.recent().put(buffer, keyOffset, keyLength, hash, 0, 0, 0, true);
			resize(-1);
		}
		return before;
	}

	private void resize(int by) {
		long before = this.size;
		this.size = before + by;
	}

	/**
	 * How many keys there are. On top of a base that takes a look at the pages of those
	 * that changed since, once.
	 */
	@Override
	public long size() {
		BaseKeys onto = this.base;
		if (onto != null) {
			return onto.count(() -> this.tiers);
		}
		Tiers now = this.tiers;
		return now.inMemory() ? now.recent().size() : this.size;
	}

	/**
	 * How many keys there are, as far as it is known without a look at any page: those
	 * that changed since the base may be counted twice.
	 */
	public long knownSize() {
		BaseKeys onto = this.base;
		return (onto != null) ? onto.known(this.tiers) : size();
	}

	/** Whether {@link #knownSize()} is exact. */
	public boolean isSizeKnown() {
		BaseKeys onto = this.base;
		return onto == null || onto.isCounted();
	}

	/** Puts an empty one on top of a base. */
	synchronized void onBase(StoredPages pages, int parallelism) {
		this.tiers = new Tiers(new KeyIndex(this.hashSeed), List.of(), List.of(), pages);
		this.base = new BaseKeys(pages, this.io, parallelism);
	}

	/**
	 * Looks for keys in the base that are not known without it, side by side. Does
	 * nothing where there is no base.
	 * @return what gives what was found, by the same arrays
	 */
	public StoredLookup look(Collection<byte[]> keys) {
		BaseKeys onto = this.base;
		return (onto != null) ? onto.look(keys, this.tiers) : StoredLookup.FETCHING;
	}

	/** Whether a part of it is in files. */
	public boolean isPaged() {
		return !this.tiers.inMemory();
	}

	/** How many files there are. */
	public int files() {
		return this.tiers.files().size();
	}

	/** The tiers, from the top; none where memory has all of them. */
	public List<IndexTierStats> tiers() {
		Tiers now = this.tiers;
		return now.inMemory() ? List.of() : now.stats();
	}

	@Override
	public long heapBytes() {
		Tiers now = this.tiers;
		return now.memory().stream().mapToLong(KeyIndex::heapBytes).sum()
				+ now.sorted().stream().mapToLong(SortedPages::heapBytes).sum();
	}

	/** Forgets all keys. */
	public void clear() {
		synchronized (this) {
			this.base = null;
			this.tiers = new Tiers(new KeyIndex(this.hashSeed), List.of(), List.of(), null);
		}
	}

	// Keys in memory, filled by several threads

	/**
	 * As {@link KeyIndex#divide}; false where there are files. If it is true, the parts
	 * belong to the present table, which stays until {@link #united()}.
	 */
	boolean divide(long keys, int keyLength) {
		Tiers now = this.tiers;
		this.divided = now.inMemory() && now.recent().divide(keys, keyLength);
		return this.divided;
	}

	/** The parts have ended. */
	void united() {
		this.divided = false;
	}

	/** As {@link KeyIndex#part()}. */
	KeyIndex.Part part() {
		return this.tiers.recent().part();
	}

	/** As {@link KeyIndex#trim()}. */
	void trim() {
		this.tiers.recent().trim();
	}

	// Files

	/**
	 * Before more keys are put: seals what is in memory if that is too much. Waits if
	 * what was sealed before is not written yet. To be called after every thousand keys
	 * or so, under the commit lock and no other. Does nothing while the table is
	 * {@link #divide divided}.
	 */
	public void makeRoom() {
		Tiers now = this.tiers;
		if (this.divided || !this.space.isTooLarge(now.recent(), now.inMemory())) {
			return;
		}
		awaitWritten();
		synchronized (this) {
			KeyIndex next = new KeyIndex(this.hashSeed);
			now = this.tiers;
			AddedKeys reports = now.recent().reports();
			if (reports != null) {
				next.report(reports);
			}
			if (now.inMemory()) {
				this.size = now.recent().size();
				logger.info("The index takes more memory than it may, and is kept in files from now on: {} keys",
						this.size);
			}
			this.tiers = new Tiers(next, now.memory(), now.files(), now.stored());
		}
		this.writing = this.io.submit(() -> {
			write();
			return true;
		});
	}

	/** Waits until what is sealed is written, or cannot be. */
	void awaitWritten() {
		IoPool.awaitEnd(this.writing);
	}

	/** Writes what is sealed, the oldest first, and merges files. */
	private void write() {
		try {
			for (KeyIndex oldest = oldestSealed(); oldest != null; oldest = oldestSealed()) {
				KeyIndex index = oldest;
				SortedFile file = this.space.write(() -> SortedRecords.of(index), index);
				if (!written(index, file)) {
					return;
				}
				mergeFiles();
			}
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			if (Thread.currentThread().isInterrupted()) {
				logger.debug("The index is not written: the database is being closed", ex);
			}
			else {
				logger.warn("More of the index stays in memory than it may: {}", ex.getMessage());
			}
		}
	}

	private @Nullable KeyIndex oldestSealed() {
		List<KeyIndex> sealed = this.tiers.sealed();
		return sealed.isEmpty() ? null : sealed.get(sealed.size() - 1);
	}

	/** False if there is something else by now. */
	private synchronized boolean written(KeyIndex index, SortedFile file) {
		Tiers now = this.tiers;
		if (!now.sealed().contains(index)) {
			return false;
		}
		List<SortedFile> files = new ArrayList<>();
		files.add(file);
		files.addAll(now.files());
		this.tiers = now.with(now.sealed().stream().filter((one) -> one != index).toList(), files);
		this.reportedMore = true;
		return true;
	}

	private void mergeFiles() {
		List<SortedFile> files = this.tiers.files();
		int count = similar(files);
		while (count > 1) {
			List<SortedFile> merged = files.subList(0, count);
			boolean all = count == files.size() && this.tiers.stored() == null;
			SortedFile file = this.space.write(() -> all ? new LiveRecords(Tiers.merged(merged)) : Tiers.merged(merged),
					this.tiers.recent());
			if (!merged(merged, file)) {
				return;
			}
			files = this.tiers.files();
			count = similar(files);
		}
	}

	/** How many of the newest files are not so different in size as they should be. */
	private static int similar(List<SortedFile> files) {
		long bytes = 0;
		int count = 0;
		for (SortedFile file : files) {
			if (count > 0 && file.bytes() > 2 * bytes) {
				break;
			}
			bytes += file.bytes();
			count++;
		}
		return count;
	}

	private synchronized boolean merged(List<SortedFile> merged, SortedFile file) {
		Tiers now = this.tiers;
		if (!now.files().containsAll(merged)) {
			return false;
		}
		List<SortedFile> files = new ArrayList<>();
		files.add(file);
		files.addAll(now.files().subList(merged.size(), now.files().size()));
		this.tiers = now.with(now.sealed(), files);
		return true;
	}

	/** Whether an empty one is to be filled by {@link #fill()}. */
	boolean isFilled(long keys, int keyLength) {
		return size() == 0 && this.space.areFilled(keys, keyLength);
	}

	/** Fills an empty one with more keys than memory has room for. */
	IndexFilling fill() {
		return new IndexFilling(this.hashSeed, this.space);
	}

	/**
	 * Takes over what it was filled with.
	 * @return how many keys came, each time counted
	 */
	long filled(IndexFilling filling, KeyIndex.Visitor visitor) {
		SortedFile file = filling.finish(visitor);
		synchronized (this) {
			this.size = file.size();
			this.tiers = new Tiers(new KeyIndex(this.hashSeed), List.of(),
					(file.size() > 0) ? List.of(file) : List.of(), null);
		}
		return filling.count();
	}

	// Walks

	/**
	 * Walks over the keys, without tombstones. The buffer may be another one after each
	 * step. On top of a base it is a walk in order, while nothing is changed.
	 */
	@Override
	public KeyIndex.Cursor cursor() {
		Tiers now = this.tiers;
		if (now.stored() != null) {
			return cursorInOrder();
		}
		return now.inMemory() ? now.recent().cursor() : new TiersCursor(now);
	}

	/**
	 * All keys in order, while nothing is changed: under the commit lock. What is in
	 * memory is sorted first.
	 */
	public KeyIndex.Cursor cursorInOrder() {
		Tiers now = this.tiers;
		List<KeyIndex.Cursor> newestFirst = new ArrayList<>();
		now.memory().forEach((index) -> newestFirst.add(SortedRecords.of(index)));
		now.sorted().forEach((pages) -> newestFirst.add(pages.cursor(KeyBounds.ALL, false)));
		return new LiveRecords(MergedRecords.of(newestFirst, false));
	}

	/** Those in memory, which {@link #report} is about, from the top. */
	public List<KeyIndex> memory() {
		return this.tiers.memory();
	}

	/**
	 * Walks over the keys in files within bounds, deleted ones too, in order.
	 * @param window keeps the pages of the base that it is at
	 */
	public KeyCursor keysInFiles(KeyBounds bounds, boolean descending, PageWindow window) {
		KeyIndex.Cursor records = this.tiers.cursor(bounds, descending, window);
		return () -> {
			if (!records.next()) {
				return null;
			}
			int from = records.keyOffset();
			return Arrays.copyOfRange(records.buffer(), from, from + records.keyLength());
		};
	}

	/**
	 * Has keys reported that are added in memory from now on. While no one changes it.
	 */
	public synchronized void report(AddedKeys keys) {
		this.reportedMore = false;
		this.tiers.recent().report(keys);
	}

	/**
	 * Whether added keys are reported there, and what was reported is not in files by
	 * now.
	 */
	public boolean reportsTo(AddedKeys keys) {
		return !this.reportedMore && this.tiers.recent().reportsTo(keys);
	}

}
