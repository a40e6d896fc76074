package io.s4db.engine.write;

import java.io.IOException;

import io.s4db.engine.state.Database;
import io.s4db.format.EntryBuffer;
import io.s4db.format.EntryScanner;
import io.s4db.index.KeyIndex;
import io.s4db.index.Location;
import io.s4db.local.PendingFile;
import org.jspecify.annotations.Nullable;

/**
 * Puts the entries of a batch, which is appended, into the active index: all, or none if
 * that fails, for want of memory for instance. Where taking them out again fails as well,
 * the batch, whose bytes are whole, is put in whole before anything else is done.
 * Everything under the write lock.
 */
final class BatchIndexing {

	/** Room for more entries is not kept. */
	private static final int KEEP = 1 << 16;

	private static final long NONE = -1;

	private static final long NOT_PUT = -2;

	private final Database database;

	private final KeyCount count;

	/** Where the keys of the batch's entries were before, by entry; {@link #NONE}. */
	private long[] files = new long[64];

	private long[] offsets = new long[64];

	private int[] lengths = new int[64];

	private boolean[] tombstones = new boolean[64];

	/** How much each entry changed the number of keys. */
	private byte[] counts = new byte[64];

	/** The file of a batch that is neither in the index nor not. */
	private @Nullable PendingFile halfDone;

	private long halfDoneFrom;

	private long halfDoneTo;

	BatchIndexing(Database database, KeyCount count) {
		this.database = database;
		this.count = count;
	}

	/** Makes room to take back a batch. Nothing is changed. */
	void prepare(int entries) {
		if (this.counts.length < entries || (this.counts.length > KEEP && entries <= KEEP)) {
			int room = Math.max(64, entries);
			long[] newFiles = new long[room];
			long[] newOffsets = new long[room];
			int[] newLengths = new int[room];
			boolean[] newTombstones = new boolean[room];
			this.counts = new byte[room];
			this.files = newFiles;
			this.offsets = newOffsets;
			this.lengths = newLengths;
			this.tombstones = newTombstones;
		}
	}

	/**
	 * Puts a batch in.
	 * @param base where in the file it begins
	 * @throws RuntimeException or an error: then it is taken back from index and file, or
	 * will be put in whole
	 */
	void index(KeyIndex index, EntryBuffer batch, PendingFile file, long base, long entriesBefore) {
		int done = 0;
		try {
			for (; done < batch.count(); done++) {
				put(index, batch, done, file.number(), base);
			}
		}
		catch (RuntimeException | Error ex) {
			if (takeBack(index, batch, done, ex)) {
				file.takeBack(base, entriesBefore, ex);
			}
			else {
				this.halfDoneFrom = base;
				this.halfDoneTo = base + batch.length();
				this.halfDone = file;
			}
			throw ex;
		}
	}

	private void put(KeyIndex index, EntryBuffer batch, int entry, long file, long base) {
		byte[] bytes = batch.bytes();
		int keyOffset = batch.keyOffset(entry);
		int keyLength = batch.keyLength(entry);
		long hash = this.database.hash(bytes, keyOffset, keyLength);
		boolean tombstone = batch.isTombstone(entry);
		this.files[entry] = NOT_PUT;
		this.counts[entry] = 0;
		Location before = index.put(bytes, keyOffset, keyLength, hash, file, base + batch.offset(entry),
				batch.length(entry), tombstone);
		this.files[entry] = (before != null) ? before.file() : NONE;
		if (before != null) {
			this.offsets[entry] = before.offset();
			this.lengths[entry] = before.length();
			this.tombstones[entry] = before.tombstone();
		}
		this.counts[entry] = change(before, bytes, keyOffset, keyLength, hash, tombstone);
		this.count.add(this.counts[entry]);
	}

	private byte change(@Nullable Location before, byte[] bytes, int keyOffset, int keyLength, long hash,
			boolean tombstone) {
		boolean counted = (before != null) ? !before.tombstone()
				: this.database.layers().countsBelowActive(bytes, keyOffset, keyLength, hash);
		return (byte) ((counted != tombstone) ? 0 : tombstone ? -1 : 1);
	}

	/** Takes back what was put before an entry, and that entry if it was put. */
	private boolean takeBack(KeyIndex index, EntryBuffer batch, int done, Throwable reason) {
		try {
			for (int entry = done; entry >= 0; entry--) {
				if (this.files[entry] == NOT_PUT) {
					continue;
				}
				byte[] bytes = batch.bytes();
				int keyOffset = batch.keyOffset(entry);
				int keyLength = batch.keyLength(entry);
				long hash = this.database.hash(bytes, keyOffset, keyLength);
				if (this.files[entry] == NONE) {
					index.remove(bytes, keyOffset, keyLength, hash);
				}
				else {
					index.put(bytes, keyOffset, keyLength, hash, this.files[entry], this.offsets[entry],
							this.lengths[entry], this.tombstones[entry]);
				}
				this.count.add(-this.counts[entry]);
			}
			return true;
		}
		catch (RuntimeException | Error ex) {
			reason.addSuppressed(ex);
			return false;
		}
	}

	/** Puts in a batch that was left half done, if there is one. */
	void finish(KeyIndex index) throws IOException {
		PendingFile file = this.halfDone;
		if (file != null) {
			index(index, file, this.halfDoneFrom, this.halfDoneTo);
			this.halfDone = null;
		}
	}

	/** Puts in what stands in a file. Doing it twice is as doing it once. */
	void index(KeyIndex index, PendingFile file, long from, long to) throws IOException {
		EntryScanner scanner = new EntryScanner(file.file().stream(from, to), file.file().path().toString(), from, to);
		while (scanner.next()) {
			if (!scanner.isReserved()) {
				byte[] bytes = scanner.buffer();
				int keyOffset = scanner.keyOffset();
				int keyLength = scanner.keyLength();
				long hash = this.database.hash(bytes, keyOffset, keyLength);
				boolean tombstone = scanner.isTombstone();
				Location before = index.put(bytes, keyOffset, keyLength, hash, file.number(), scanner.offset(),
						scanner.length(), tombstone);
				this.count.add(change(before, bytes, keyOffset, keyLength, hash, tombstone));
			}
		}
	}

}
