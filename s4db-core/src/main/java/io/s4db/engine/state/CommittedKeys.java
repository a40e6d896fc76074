package io.s4db.engine.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.s4db.CorruptDataException;
import io.s4db.index.AddedKeys;
import io.s4db.index.KeyBounds;
import io.s4db.index.KeyChanges;
import io.s4db.index.KeyCursor;
import io.s4db.index.KeyIndex;
import io.s4db.index.KeyLookup;
import io.s4db.index.KeyTable;
import io.s4db.index.Location;
import io.s4db.index.MergedRecords;
import io.s4db.index.SortedFile;
import io.s4db.index.SortedFileWriter;
import io.s4db.index.SortedRecords;
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
 * files, that may take the reading of a page of each.
 * <p>
 * Changed under the commit lock, read by anyone: a reader looks through one stack of
 * tiers, none of which but the first changes, and which stay readable as long as anyone
 * has them.
 */
public final class CommittedKeys implements KeyTable, KeyChanges {

	private static final Logger logger = LoggerFactory.getLogger(CommittedKeys.class);

	/**
	 * How much may be put until somebody looks whether there is room, as {@link #work}.
	 */
	static final int BETWEEN_LOOKS = 1024;

	/** Files that are merged at once where an index is filled. */
	private static final int MOST_FILES = 128;

	private final long hashSeed;

	private final IndexFiles space;

	private final IoPool io;

	/** Replaced under this. */
	private volatile Tiers tiers;

	/** The number of keys, where there is more than one tier. */
	private volatile long size;

	/** Whether keys are in files by now that were reported when they were in memory. */
	private volatile boolean reportedMore;

	/** Whether several threads fill the recent table. */
	private boolean divided;

	/** The task that writes what is sealed. */
	private Future<?> writing = CompletableFuture.completedFuture(null);

	/** A stack, from the top. */
	private static final class Tiers {

		private final KeyIndex recent;

		private final List<KeyIndex> sealed;

		private final List<SortedFile> files;

		/** All but the recent one. */
		private final KeyLookup[] below;

		private Tiers(KeyIndex recent, List<KeyIndex> sealed, List<SortedFile> files) {
			this.recent = recent;
			this.sealed = List.copyOf(sealed);
			this.files = List.copyOf(files);
			this.below = Stream.concat(sealed.stream(), files.stream().map(Tiers::lookup)).toArray(KeyLookup[]::new);
		}

		private static KeyLookup lookup(SortedFile file) {
			return (buffer, offset, length, hash) -> file.get(buffer, offset, length);
		}

		private boolean inMemory() {
			return this.below.length == 0;
		}

		/** Those in memory, newest first. */
		private List<KeyIndex> memory() {
			List<KeyIndex> all = new ArrayList<>();
			all.add(this.recent);
			all.addAll(this.sealed);
			return all;
		}

		private @Nullable Location get(byte[] buffer, int offset, int length, long hash) {
			Location location = this.recent.get(buffer, offset, length, hash);
			return (location != null) ? location : getBelow(0, buffer, offset, length, hash);
		}

		private @Nullable Location getBelow(int from, byte[] buffer, int offset, int length, long hash) {
			for (int tier = from; tier < this.below.length; tier++) {
				Location location = this.below[tier].get(buffer, offset, length, hash);
				if (location != null) {
					return location;
				}
			}
			return null;
		}

	}

	CommittedKeys(long hashSeed, IndexFiles space, IoPool io) {
		this.hashSeed = hashSeed;
		this.space = space;
		this.io = io;
		this.tiers = new Tiers(new KeyIndex(hashSeed), List.of(), List.of());
	}

	/** The hash of a key, the same in every index of the database. */
	public long hash(byte[] buffer, int offset, int length) {
		return this.tiers.recent.hash(buffer, offset, length);
	}

	/** Where the entry of a key stands; null if there is none. */
	public @Nullable Location get(byte[] key) {
		return get(key, 0, key.length);
	}

	/** As {@link #get(byte[])}, for a key that is part of an array. */
	public @Nullable Location get(byte[] buffer, int offset, int length) {
		return get(buffer, offset, length, hash(buffer, offset, length));
	}

	/** As {@link #get(byte[])}. Never a tombstone. */
	@Override
	public @Nullable Location get(byte[] buffer, int offset, int length, long hash) {
		return live(this.tiers.get(buffer, offset, length, hash));
	}

	private static @Nullable Location live(@Nullable Location location) {
		return (location != null && !location.tombstone()) ? location : null;
	}

	@Override
	public @Nullable Location put(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset,
			int entryLength) {
		Tiers now = this.tiers;
		if (now.inMemory()) {
			return now.recent.put(buffer, keyOffset, keyLength, hash, file, offset, entryLength, false);
		}
		// First what may fail: what was counted is what is there.
		Location before = live(now.get(buffer, keyOffset, keyLength, hash));
		now.recent.put(buffer, keyOffset, keyLength, hash, file, offset, entryLength, false);
		if (before == null) {
			resize(1);
		}
		return before;
	}

	/** As {@link #put}, for a key that has an entry already. */
	void move(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset, int entryLength) {
		this.tiers.recent.put(buffer, keyOffset, keyLength, hash, file, offset, entryLength, false);
	}

	@Override
	public @Nullable Location remove(byte[] buffer, int keyOffset, int keyLength, long hash) {
		Tiers now = this.tiers;
		if (now.inMemory()) {
			return now.recent.remove(buffer, keyOffset, keyLength, hash);
		}
		Location before = live(now.get(buffer, keyOffset, keyLength, hash));
		if (before != null) {
			now.recent.put(buffer, keyOffset, keyLength, hash, 0, 0, 0, true);
			resize(-1);
		}
		return before;
	}

	/** What putting a key takes of memory, roughly: 1 for a usual one. */
	static int work(int keyLength) {
		return 1 + (keyLength >> 6);
	}

	private void resize(int by) {
		long before = this.size;
		this.size = before + by;
	}

	/** How many keys there are. */
	@Override
	public long size() {
		Tiers now = this.tiers;
		return now.inMemory() ? now.recent.size() : this.size;
	}

	/** Whether a part of it is in files. */
	public boolean isPaged() {
		return !this.tiers.inMemory();
	}

	/** How many files there are. */
	public int files() {
		return this.tiers.files.size();
	}

	/** The bytes of those. */
	public long fileBytes() {
		return this.tiers.files.stream().mapToLong(SortedFile::bytes).sum();
	}

	/** The bytes of heap that it takes. */
	public long heapBytes() {
		Tiers now = this.tiers;
		return now.memory().stream().mapToLong(KeyIndex::heapBytes).sum()
				+ now.files.stream().mapToLong(SortedFile::heapBytes).sum();
	}

	/** Forgets all keys. */
	public void clear() {
		synchronized (this) {
			this.tiers = new Tiers(new KeyIndex(this.hashSeed), List.of(), List.of());
		}
	}

	// Keys in memory, filled by several threads

	/**
	 * As {@link KeyIndex#divide}; false where there are files. If it is true, the parts
	 * belong to the present table, which stays until {@link #united()}.
	 */
	boolean divide(long keys, int keyLength) {
		Tiers now = this.tiers;
		this.divided = now.inMemory() && now.recent.divide(keys, keyLength);
		return this.divided;
	}

	/** The parts have ended. */
	void united() {
		this.divided = false;
	}

	/** As {@link KeyIndex#part()}. */
	KeyIndex.Part part() {
		return this.tiers.recent.part();
	}

	/** As {@link KeyIndex#trim()}. */
	void trim() {
		this.tiers.recent.trim();
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
		if (this.divided || !this.space.isTooLarge(now.recent, now.inMemory())) {
			return;
		}
		awaitWritten();
		synchronized (this) {
			KeyIndex next = new KeyIndex(this.hashSeed);
			now = this.tiers;
			AddedKeys reports = now.recent.reports();
			if (reports != null) {
				next.report(reports);
			}
			if (now.inMemory()) {
				this.size = now.recent.size();
				logger.info("The index takes more memory than it may, and is kept in files from now on: {} keys",
						this.size);
			}
			this.tiers = new Tiers(next, now.memory(), now.files);
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
				SortedFile file = this.space.write((writer) -> copy(SortedRecords.of(index), writer, true), index);
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
		List<KeyIndex> sealed = this.tiers.sealed;
		return sealed.isEmpty() ? null : sealed.get(sealed.size() - 1);
	}

	/** False if there is something else by now. */
	private synchronized boolean written(KeyIndex index, SortedFile file) {
		Tiers now = this.tiers;
		if (!now.sealed.contains(index)) {
			return false;
		}
		List<SortedFile> files = new ArrayList<>();
		files.add(file);
		files.addAll(now.files);
		this.tiers = new Tiers(now.recent, now.sealed.stream().filter((one) -> one != index).toList(), files);
		this.reportedMore = true;
		return true;
	}

	private void mergeFiles() {
		List<SortedFile> files = this.tiers.files;
		int count = similar(files);
		while (count > 1) {
			List<SortedFile> merged = files.subList(0, count);
			boolean all = count == files.size();
			SortedFile file = this.space.write((writer) -> copy(merged(merged), writer, !all), this.tiers.recent);
			if (!merged(merged, file)) {
				return;
			}
			files = this.tiers.files;
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
		if (!now.files.containsAll(merged)) {
			return false;
		}
		List<SortedFile> files = new ArrayList<>();
		files.add(file);
		files.addAll(now.files.subList(merged.size(), now.files.size()));
		this.tiers = new Tiers(now.recent, now.sealed, files);
		return true;
	}

	private static KeyIndex.Cursor merged(List<SortedFile> files) {
		return MergedRecords.of(files.stream().map((file) -> file.cursor(KeyBounds.ALL, false)).toList(), false);
	}

	private static void copy(KeyIndex.Cursor records, SortedFileWriter writer, boolean tombstones) throws IOException {
		long count = 0;
		while (records.next()) {
			if (tombstones || !records.tombstone()) {
				writer.add(records.buffer(), records.keyOffset(), records.keyLength(), records.file(), records.offset(),
						records.entryLength(), records.tombstone());
			}
			if ((++count & 0xffff) == 0) {
				IoPool.checkInterrupted();
			}
		}
	}

	/** Whether an empty one is to be filled by {@link #fill()}. */
	boolean isFilled(long keys, int keyLength) {
		return size() == 0 && this.space.areFilled(keys, keyLength);
	}

	/** Fills an empty one with more keys than memory has room for. */
	Filling fill() {
		return new Filling();
	}

	/**
	 * Takes keys in any order, several times too, where the last time counts: nobody asks
	 * what stood there before, and what that comes to is counted at the end. As long as
	 * keys come in order they go to a file at once. Until it is finished it can be given
	 * up at any time.
	 */
	final class Filling implements AutoCloseable {

		/** Newest first. */
		private final List<SortedFile> files = new ArrayList<>();

		/** What came in order from the beginning; null once a key did not. */
		private @Nullable SortedFileWriter inOrder;

		private byte[] last = {};

		private KeyIndex collected = new KeyIndex(CommittedKeys.this.hashSeed);

		private long count;

		private int work;

		private Filling() {
			try {
				this.inOrder = CommittedKeys.this.space.begin();
			}
			catch (IOException ex) {
				throw CommittedKeys.this.space.notWritten(ex);
			}
		}

		/**
		 * The entry of a key stands there now.
		 * @throws CorruptDataException if the file's number is 0, which stands for none
		 */
		void put(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset, int entryLength) {
			if (file == 0) {
				throw new CorruptDataException(
						"The index is damaged: a key stands in data file 0, which there never is."
								+ " S4DBEngine.rebuild(store, options) makes a new index");
			}
			if (!isInOrder(buffer, keyOffset, keyLength)) {
				this.collected.put(buffer, keyOffset, keyLength, hash, file, offset, entryLength, false);
				makeRoom(keyLength);
				return;
			}
			try {
				Objects.requireNonNull(this.inOrder)
					.add(buffer, keyOffset, keyLength, file, offset, entryLength, false);
				this.count++;
			}
			catch (IOException ex) {
				throw CommittedKeys.this.space.notWritten(ex);
			}
		}

		/** A key has no entry any more. */
		void remove(byte[] buffer, int keyOffset, int keyLength, long hash) {
			endOrder();
			this.collected.put(buffer, keyOffset, keyLength, hash, 0, 0, 0, true);
			makeRoom(keyLength);
		}

		private boolean isInOrder(byte[] buffer, int keyOffset, int keyLength) {
			if (this.inOrder == null) {
				return false;
			}
			if (this.count > 0 && Arrays.compareUnsigned(this.last, 0, this.last.length, buffer, keyOffset,
					keyOffset + keyLength) >= 0) {
				endOrder();
				return false;
			}
			this.last = Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength);
			return true;
		}

		private void endOrder() {
			SortedFileWriter writer = this.inOrder;
			if (writer == null) {
				return;
			}
			this.inOrder = null;
			try (writer) {
				if (this.count > 0) {
					this.files.add(CommittedKeys.this.space.finish(writer, this.collected));
				}
			}
			catch (IOException ex) {
				throw CommittedKeys.this.space.notWritten(ex);
			}
		}

		private void makeRoom(int keyLength) {
			this.count++;
			this.work += work(keyLength);
			if (this.work >= BETWEEN_LOOKS) {
				this.work = 0;
				if (CommittedKeys.this.space.isTooLarge(this.collected, false)) {
					write();
				}
			}
		}

		private void write() {
			IoPool.checkInterrupted();
			KeyIndex index = this.collected;
			this.files.add(0, CommittedKeys.this.space
				.write((writer) -> CommittedKeys.copy(SortedRecords.of(index), writer, true), index));
			this.collected = new KeyIndex(CommittedKeys.this.hashSeed);
			if (this.files.size() == MOST_FILES) {
				// As seldom as can be: their space comes free some time later.
				List<SortedFile> all = List.copyOf(this.files);
				SortedFile merged = CommittedKeys.this.space
					.write((writer) -> CommittedKeys.copy(merged(all), writer, true), this.collected);
				this.files.clear();
				this.files.add(merged);
			}
		}

		/**
		 * Shows what came, each key once.
		 * @param visitor sees each of them
		 * @return how many keys came, each time counted
		 */
		long finish(KeyIndex.Visitor visitor) {
			boolean ordered = this.inOrder != null;
			endOrder();
			if (this.collected.size() > 0) {
				write();
			}
			List<SortedFile> all = List.copyOf(this.files);
			SortedFile file = (ordered && !all.isEmpty()) ? all.get(0) : CommittedKeys.this.space
				.write((writer) -> CommittedKeys.copy(merged(all), writer, false), this.collected);
			KeyIndex.Cursor records = file.cursor(KeyBounds.ALL, false);
			while (records.next()) {
				visitor.visit(records.buffer(), records.keyOffset(), records.keyLength(), 0, records.file(),
						records.offset(), records.entryLength(), false);
			}
			synchronized (CommittedKeys.this) {
				CommittedKeys.this.size = file.size();
				CommittedKeys.this.tiers = new Tiers(new KeyIndex(CommittedKeys.this.hashSeed), List.of(),
						(file.size() > 0) ? List.of(file) : List.of());
			}
			return this.count;
		}

		@Override
		public void close() {
			SortedFileWriter writer = this.inOrder;
			this.inOrder = null;
			this.files.clear();
			this.collected.clear();
			if (writer != null) {
				try {
					writer.close();
				}
				catch (IOException ex) {
					logger.debug("A part of the index stays on disk until the next start", ex);
				}
			}
		}

	}

	// Walks

	/**
	 * Visits each key that is there from beginning to end of the call exactly once, as
	 * {@link KeyIndex#forEach} does.
	 */
	public void forEach(KeyIndex.Visitor visitor) {
		KeyIndex.Cursor cursor = cursor();
		while (cursor.next()) {
			visitor.visit(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), cursor.hash(), cursor.file(),
					cursor.offset(), cursor.entryLength(), false);
		}
	}

	/**
	 * The same, to be pulled; without tombstones. The buffer may be another one after
	 * each step.
	 */
	@Override
	public KeyIndex.Cursor cursor() {
		Tiers now = this.tiers;
		return now.inMemory() ? now.recent.cursor() : new TiersCursor(now);
	}

	/**
	 * All keys, in order where there are files, while nothing is changed: under the
	 * commit lock.
	 */
	public KeyIndex.Cursor cursorInOrder() {
		Tiers now = this.tiers;
		if (now.inMemory()) {
			return now.recent.cursor();
		}
		List<KeyIndex.Cursor> newestFirst = new ArrayList<>();
		now.memory().forEach((index) -> newestFirst.add(SortedRecords.of(index)));
		now.files.forEach((file) -> newestFirst.add(file.cursor(KeyBounds.ALL, false)));
		return new LiveRecords(MergedRecords.of(newestFirst, false));
	}

	/** Those in memory, which {@link #report} is about, from the top. */
	public List<KeyIndex> memory() {
		return this.tiers.memory();
	}

	/** Walks over the keys in files within bounds, deleted ones too, in order. */
	public KeyCursor keysInFiles(KeyBounds bounds, boolean descending) {
		List<SortedFile> files = this.tiers.files;
		KeyIndex.Cursor records = MergedRecords
			.of(files.stream().map((file) -> file.cursor(bounds, descending)).toList(), descending);
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
		this.tiers.recent.report(keys);
	}

	/**
	 * Whether added keys are reported there, and what was reported is not in files by
	 * now.
	 */
	public boolean reportsTo(AddedKeys keys) {
		return !this.reportedMore && this.tiers.recent.reportsTo(keys);
	}

	/**
	 * The lowest tier first, which are the files together, each key with the lowest tier
	 * that knows it and at the place that the highest one has. None but the recent one
	 * changes, so a key is met once, wherever it moves meanwhile.
	 */
	private static final class TiersCursor implements KeyIndex.Cursor {

		private final Tiers tiers;

		/** Those of memory, the lowest first. */
		private final List<KeyIndex> memory;

		/** The next of those; the files come before the first. */
		private int following;

		private KeyIndex.Cursor cursor;

		private @Nullable Location location;

		private long hash;

		private TiersCursor(Tiers tiers) {
			this.tiers = tiers;
			this.memory = new ArrayList<>(tiers.memory());
			Collections.reverse(this.memory);
			this.cursor = merged(tiers.files);
		}

		@Override
		public boolean next() {
			while (true) {
				while (!this.cursor.next()) {
					if (this.following == this.memory.size()) {
						this.location = null;
						return false;
					}
					this.cursor = this.memory.get(this.following++).cursor();
				}
				byte[] buffer = this.cursor.buffer();
				int offset = this.cursor.keyOffset();
				int length = this.cursor.keyLength();
				this.hash = this.cursor.hash();
				this.location = isLower(buffer, offset, length) ? null : live(locate(buffer, offset, length));
				if (this.location != null) {
					return true;
				}
			}
		}

		/** Whether a tier below that of the cursor knows the key. */
		private boolean isLower(byte[] buffer, int offset, int length) {
			// Tiers below the recent one are sealed ones, newest first, then files.
			int below = this.memory.size() - this.following;
			return this.following > 0 && this.tiers.getBelow(below, buffer, offset, length, this.hash) != null;
		}

		private @Nullable Location locate(byte[] buffer, int offset, int length) {
			for (int i = this.memory.size() - 1; i >= this.following; i--) {
				Location above = this.memory.get(i).get(buffer, offset, length, this.hash);
				if (above != null) {
					return above;
				}
			}
			return new Location(this.cursor.file(), this.cursor.offset(), this.cursor.entryLength(),
					this.cursor.tombstone());
		}

		@Override
		public byte[] buffer() {
			return this.cursor.buffer();
		}

		@Override
		public int keyOffset() {
			return this.cursor.keyOffset();
		}

		@Override
		public int keyLength() {
			return this.cursor.keyLength();
		}

		@Override
		public long hash() {
			return this.hash;
		}

		private Location location() {
			return Objects.requireNonNull(this.location);
		}

		@Override
		public long file() {
			return location().file();
		}

		@Override
		public long offset() {
			return location().offset();
		}

		@Override
		public int entryLength() {
			return location().length();
		}

		@Override
		public boolean tombstone() {
			return false;
		}

	}

	/** Records without the tombstones among them. */
	private record LiveRecords(KeyIndex.Cursor all) implements KeyIndex.Cursor {

		@Override
		public boolean next() {
			boolean more = this.all.next();
			while (more && this.all.tombstone()) {
				more = this.all.next();
			}
			return more;
		}

		@Override
		public byte[] buffer() {
			return this.all.buffer();
		}

		@Override
		public int keyOffset() {
			return this.all.keyOffset();
		}

		@Override
		public int keyLength() {
			return this.all.keyLength();
		}

		@Override
		public long hash() {
			return this.all.hash();
		}

		@Override
		public long file() {
			return this.all.file();
		}

		@Override
		public long offset() {
			return this.all.offset();
		}

		@Override
		public int entryLength() {
			return this.all.entryLength();
		}

		@Override
		public boolean tombstone() {
			return false;
		}

	}

}
