package io.s4db.engine.upkeep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.s4db.CorruptDataException;
import io.s4db.Finding;
import io.s4db.engine.read.DataFileReader;
import io.s4db.engine.read.DataFileScan;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.format.EntryScanner;
import io.s4db.format.FileRecord;
import io.s4db.format.StoreLayout;
import io.s4db.index.KeyIndex;
import io.s4db.index.Location;
import io.s4db.local.LocalFile;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * The data files against the index: keys that it lost, that it has an older entry of, and
 * that were deleted though it has them. What counts is the newest entry in the live
 * files, in the order in which a rebuild replays them: by number, then by offset.
 *
 * <p>
 * Most entries are what the index says, or older: those need not be remembered. The
 * others are, the newest of each key. In a database where nothing is wrong these are keys
 * that were deleted and whose entries no compaction has removed so far.
 *
 * <p>
 * The index goes on while files are read. So what is remembered is a suspicion. It stands
 * if its file still is a committed one, and the index, looked at under the commit lock,
 * has nothing as new. Where it has nothing at all, a file that was committed meanwhile
 * may have deleted the key: what has not been read by then is read, without the lock, and
 * the index looked at again. A tombstone may also be in what cannot be read: then nothing
 * is said of keys that are older.
 *
 * <p>
 * Memory: an index of what is remembered, so at worst, where the index is empty, one of
 * all keys in the data files, those of tombstones included, as in a rebuild.
 */
final class NewestEntries {

	/** Findings for single keys; more are counted. */
	private static final int MOST_FINDINGS = 1_000;

	private final Database database;

	private final DataFileReader reader;

	/** Of keys that the index had no entry of, or an older one. Changed under this. */
	private final KeyIndex newest;

	/** Data files that were read, or cannot be. */
	private final Map<Long, DataFile> read = new ConcurrentHashMap<>();

	/** Those that were not read as a whole. */
	private final Set<DataFile> damaged = ConcurrentHashMap.newKeySet();

	NewestEntries(Database database, DataFileReader reader) {
		this.database = database;
		this.reader = reader;
		this.newest = database.newIndex();
	}

	/** Sees an entry of a data file, in any order. */
	void see(DataFile file, EntryScanner entry) {
		see(file, entry.isTombstone(), entry.buffer(), entry.keyOffset(), entry.keyLength(), entry.offset(),
				entry.length());
	}

	private void see(DataFile file, boolean tombstone, byte[] buffer, int keyOffset, int keyLength, long offset,
			int length) {
		long hash = this.database.hash(buffer, keyOffset, keyLength);
		Location known = this.database.committed().index().get(buffer, keyOffset, keyLength, hash);
		if (!isOlder(known, file.number(), offset)) {
			return;
		}
		synchronized (this) {
			if (isOlder(this.newest.get(buffer, keyOffset, keyLength, hash), file.number(), offset)) {
				this.newest.put(buffer, keyOffset, keyLength, hash, file.number(), offset, length, tombstone);
			}
		}
	}

	private static boolean isOlder(@Nullable Location location, long file, long offset) {
		return location == null || location.file() < file || (location.file() == file && location.offset() < offset);
	}

	/**
	 * A data file was read.
	 * @param whole whether all of its entries were seen
	 */
	void wasRead(DataFile file, boolean whole) {
		this.read.put(file.number(), file);
		if (!whole) {
			this.damaged.add(file);
		}
	}

	/**
	 * What is wrong. Takes the commit lock, if there is a suspicion.
	 * @param follow brings the committed state up to date, under the lock
	 */
	List<Finding> findings(Runnable follow) {
		List<byte[]> suspects = suspects();
		List<Finding> findings = new ArrayList<>();
		while (!suspects.isEmpty()) {
			List<byte[]> left = suspects;
			List<DataFile> unread = this.database.underCommitLock(() -> {
				follow.run();
				findings.clear();
				boolean lost = judge(left, findings);
				return lost ? unread() : List.<DataFile>of();
			});
			if (unread.isEmpty()) {
				break;
			}
			unread.forEach(this::read);
			suspects = suspects();
			findings.clear();
		}
		return findings;
	}

	private List<byte[]> suspects() {
		List<byte[]> suspects = new ArrayList<>();
		CommittedState state = this.database.committed();
		this.newest.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
			Location known = state.index().get(buffer, keyOffset, keyLength, hash);
			if ((known != null) ? isOlder(known, file, offset) : !tombstone) {
				suspects.add(Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength));
			}
		});
		return suspects;
	}

	/** Under the commit lock; says whether a key seems to be lost. */
	private boolean judge(List<byte[]> suspects, List<Finding> findings) {
		CommittedState state = this.database.committed();
		long hidden = this.damaged.stream()
			.filter((file) -> file.isIn(state))
			.mapToLong(DataFile::number)
			.max()
			.orElse(-1);
		boolean lost = false;
		long more = 0;
		for (byte[] key : suspects) {
			Location entry = this.newest.get(key);
			Location known = state.index().get(key);
			if (entry == null || !isCurrent(entry, state) || !isOlder(known, entry.file(), entry.offset())
					|| (known == null && (entry.tombstone() || entry.file() <= hidden))) {
				continue;
			}
			lost |= known == null;
			if (findings.size() < MOST_FINDINGS) {
				findings
					.add(new Finding(StoreLayout.dataFile(entry.file()), entry.offset(), problem(key, entry, known)));
			}
			else {
				more++;
			}
		}
		if (more > 0) {
			findings.add(new Finding(StoreLayout.INDEX, -1,
					more + " more keys are lost, or stand for older entries than the data files have"));
		}
		return lost;
	}

	private boolean isCurrent(Location entry, CommittedState state) {
		DataFile file = this.read.get(entry.file());
		return file != null && file.isIn(state);
	}

	private static String problem(byte[] key, Location entry, @Nullable Location known) {
		String name = "the key \"" + new String(key, 0, Math.min(key.length, 200), StandardCharsets.UTF_8) + "\"";
		String place = (known != null) ? StoreLayout.dataFile(known.file()) + " at offset " + known.offset() : "";
		if (known == null) {
			return "the index does not know " + name + ", whose newest entry this is: rebuildIndex() finds it again";
		}
		if (entry.tombstone()) {
			return name + " was deleted here, but the index has its older entry in " + place;
		}
		return "the newest entry of " + name + " is this one, but the index has an older one in " + place;
	}

	/** Data files that are committed by now and were not read. Under the commit lock. */
	private List<DataFile> unread() {
		return this.database.committed().files().stream().filter((file) -> {
			DataFile before = this.read.get(file.number());
			return before == null || !before.isIn(this.database.committed());
		}).toList();
	}

	private void read(DataFile file) {
		IoPool.checkInterrupted();
		boolean whole = false;
		try {
			seeAll(file);
			whole = true;
		}
		catch (ObjectNotFoundException | CorruptDataException ex) {
			// If it still is committed, it hides what it deleted.
		}
		wasRead(file, whole);
	}

	private void seeAll(DataFile file) {
		FileRecord record = file.record();
		LocalFile copy = file.copy();
		if (record.sealed()) {
			this.reader.forEachEntry(record, copy, this.reader.keys(record, copy), (tombstone, buffer, keyOffset,
					keyLength, offset, length) -> see(file, tombstone, buffer, keyOffset, keyLength, offset, length));
			return;
		}
		try (DataFileScan scan = new DataFileScan(this.database, record, copy, record.dataEnd())) {
			while (scan.next()) {
				if (!scan.entry().isReserved()) {
					see(file, scan.entry());
				}
			}
		}
		catch (IOException ex) {
			throw DataFileReader.unavailable(record, ex);
		}
	}

}
