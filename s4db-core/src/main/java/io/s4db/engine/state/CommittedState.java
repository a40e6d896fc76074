package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

import io.s4db.CorruptDataException;
import io.s4db.format.FileRecord;
import io.s4db.format.NumberRanges;
import io.s4db.index.Location;
import io.s4db.index.StoredPages;
import org.jspecify.annotations.Nullable;

/**
 * What is committed as of one sequence number: where each key's entry is, and the data
 * files. Changed under the commit lock, read by anyone.
 */
public final class CommittedState {

	private final CommittedKeys index;

	private final Map<Long, DataFile> files = new ConcurrentHashMap<>();

	private final AtomicLong keyBytes = new AtomicLong();

	private volatile long seq;

	private volatile @Nullable UUID commit;

	/** The base whose pages it reads; null if it has all in this process. */
	private volatile @Nullable String base;

	private @Nullable DataFile lastUsed;

	CommittedState(CommittedKeys index) {
		this.index = index;
	}

	public CommittedKeys index() {
		return this.index;
	}

	/** The sequence number of the last commit in it that changed the state. */
	public long seq() {
		return this.seq;
	}

	/** That commit's UUID; null in a database of the reference. */
	public @Nullable UUID commit() {
		return this.commit;
	}

	public void reached(long seq, @Nullable UUID commit) {
		this.seq = seq;
		this.commit = commit;
	}

	public @Nullable DataFile file(long number) {
		return this.files.get(number);
	}

	/** The data files in order of number. */
	public List<DataFile> files() {
		List<DataFile> sorted = new ArrayList<>(this.files.values());
		sorted.sort(Comparator.comparingLong(DataFile::number));
		return sorted;
	}

	/** Whether something holds of each data file. */
	public boolean all(Predicate<DataFile> condition) {
		return this.files.values().stream().allMatch(condition);
	}

	public List<FileRecord> records() {
		return files().stream().map(DataFile::record).toList();
	}

	public DataFile addFile(FileRecord record) {
		return this.files.computeIfAbsent(record.number(), (number) -> new DataFile(record));
	}

	/** More was learnt about a file. */
	public void replaceRecord(DataFile file, FileRecord record) {
		DataFile replacement = new DataFile(record);
		replacement.live(Math.toIntExact(file.liveEntries()), file.liveBytes());
		replacement.copy(file.copy());
		this.lastUsed = null;
		this.files.put(record.number(), replacement);
	}

	public @Nullable DataFile removeFile(long number) {
		this.lastUsed = null;
		return this.files.remove(number);
	}

	public NumberRanges numbers() {
		return NumberRanges.of(this.files.keySet());
	}

	/** The numbers of the files that some key is in. */
	public NumberRanges numbersReferredTo() {
		return NumberRanges
			.of(this.files.values().stream().filter((file) -> file.liveEntries() > 0).map(DataFile::number).toList());
	}

	/** Whether pages of a base are read: readers alone have that. */
	public boolean isOnBase() {
		return this.base != null;
	}

	/** The base whose pages are read; null if all is in this process. */
	public @Nullable String base() {
		return this.base;
	}

	/**
	 * Puts an empty state on top of a base. What is live of each file stays what it was
	 * in that from now on.
	 * @param parallelism how many of the requests for pages are made at a time
	 */
	public void onBase(String object, StoredPages pages, int parallelism) {
		this.base = object;
		this.index.onBase(pages, parallelism);
	}

	/** A key's entry is here now. */
	public @Nullable Location set(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset,
			int length) {
		Location before = this.index.put(buffer, keyOffset, keyLength, hash, file, offset, length);
		if (isOnBase()) {
			return null;
		}
		if (before != null) {
			live(before.file(), -1, -before.length());
		}
		else {
			this.keyBytes.lazySet(this.keyBytes.get() + keyLength);
		}
		live(file, 1, length);
		return before;
	}

	/** A key has no entry any more. */
	public @Nullable Location remove(byte[] buffer, int keyOffset, int keyLength, long hash) {
		Location before = this.index.remove(buffer, keyOffset, keyLength, hash);
		if (before != null) {
			live(before.file(), -1, -before.length());
			this.keyBytes.lazySet(this.keyBytes.get() - keyLength);
		}
		return before;
	}

	/** What an entry, or a tombstone, does. */
	public void apply(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset, int length,
			boolean tombstone) {
		if (tombstone) {
			remove(buffer, keyOffset, keyLength, hash);
		}
		else {
			set(buffer, keyOffset, keyLength, hash, file, offset, length);
		}
	}

	/** Adds what of each file is live by changes of the index that were made directly. */
	public void addLive(Map<Long, BulkPut.Live> changes) {
		changes.forEach((number, live) -> live(number, Math.toIntExact(live.entries()), live.bytes()));
	}

	private void live(long number, int entries, long bytes) {
		DataFile file = this.lastUsed;
		if (file == null || file.number() != number) {
			file = this.files.get(number);
			if (file == null) {
				throw new CorruptDataException(io.s4db.format.StoreLayout.dataFile(number)
						+ " is referred to, but is none of the committed data files. Make a new index from the data"
						+ " files with rebuildIndex()");
			}
			this.lastUsed = file;
		}
		file.live(entries, bytes);
	}

	/** Forgets everything. */
	public void clear() {
		this.index.clear();
		this.files.clear();
		this.keyBytes.set(0);
		this.lastUsed = null;
	}

	/** Counts keys that were put into the index directly. */
	void countKeyBytes(long bytes) {
		this.keyBytes.lazySet(this.keyBytes.get() + bytes);
	}

	/** About how many bytes its index file takes. */
	public long indexFileBytes() {
		return 100 + this.index.size() * 18 + this.keyBytes.get() + this.files.size() * 40L;
	}

}
