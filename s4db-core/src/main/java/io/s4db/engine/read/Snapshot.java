package io.s4db.engine.read;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Layers;
import io.s4db.engine.write.PendingWrites;
import io.s4db.local.PendingFile;
import org.jspecify.annotations.Nullable;

/**
 * Where every live entry stood at some moment, file by file in order of offset: 8 bytes
 * an entry. Each key that is there all the while is in it once, also while others write
 * or commit.
 */
final class Snapshot {

	private static final int LENGTH_BITS = 24;

	private static final int LONG = (1 << LENGTH_BITS) - 1;

	private final Map<Long, Entries> committed = new TreeMap<>();

	private final Map<Long, Entries> pending = new TreeMap<>();

	/** The entries of one file. */
	static final class Entries {

		private long[] packed = new long[64];

		private int count;

		/**
		 * The hashes of the keys, where the index that has them could be wrong: the
		 * reference's has no checksum.
		 */
		private @Nullable HashSetOfLongs keys;

		/** The pending file that they are in; null of a data file. */
		private @Nullable PendingFile pendingFile;

		/** Those that came. */
		private final HashSetOfLongs seen = new HashSetOfLongs();

		/** Lengths that do not fit. */
		private final Map<Long, Integer> longLengths = new HashMap<>();

		private void add(long offset, int length) {
			if (this.count == this.packed.length) {
				this.packed = Arrays.copyOf(this.packed, this.count + (this.count >> 1));
			}
			if (length >= LONG) {
				this.longLengths.put(offset, length);
			}
			this.packed[this.count++] = (offset << LENGTH_BITS) | Math.min(length, LONG);
		}

		private void expect(long hash) {
			if (this.keys == null) {
				this.keys = new HashSetOfLongs();
			}
			this.keys.add(hash);
		}

		/** Whether a key, by its hash, belongs here, and did not come yet. */
		boolean take(long hash) {
			return this.keys == null || (this.keys.contains(hash) && this.seen.add(hash));
		}

		/** The number that the pending file was committed under; 0 if it was not. */
		long committedAs() {
			return java.util.Objects.requireNonNull(this.pendingFile).committedAs();
		}

		boolean checksKeys() {
			return this.keys != null;
		}

		int count() {
			return this.count;
		}

		long offset(int entry) {
			return this.packed[entry] >>> LENGTH_BITS;
		}

		int length(int entry) {
			int length = (int) this.packed[entry] & LONG;
			return (length < LONG) ? length : this.longLengths.getOrDefault(offset(entry), length);
		}

	}

	/**
	 * Looks at everything that is live. Holds up commits while it looks, writes only
	 * while it looks at what is pending.
	 */
	static Snapshot of(Database database, PendingWrites writes) {
		Snapshot snapshot = new Snapshot();
		HashSetOfLongs pendingHashes = new HashSetOfLongs();
		database.structure.readLock().lock();
		try {
			writes.withWritesHeld(() -> {
				snapshot.takePending(database.layers(), pendingHashes);
				snapshot.pending.forEach((number, entries) -> entries.pendingFile = writes.pendingFile(number));
			});
			Layers layers = database.layers();
			Set<Long> foreign = layers.committed()
				.files()
				.stream()
				.filter((file) -> !file.record().sealed())
				.map(DataFile::number)
				.collect(Collectors.toSet());
			layers.committed()
				.index()
				.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
					// A key put since then is in the pending layers too: what it was at
					// that
					// moment decides.
					if (!pendingHashes.contains(hash) || !layers.isPending(buffer, keyOffset, keyLength, hash)) {
						Entries entries = add(snapshot.committed, file, offset, length);
						if (foreign.contains(file)) {
							entries.expect(hash);
						}
					}
				});
		}
		finally {
			database.structure.readLock().unlock();
		}
		snapshot.committed.values().forEach((entries) -> Arrays.sort(entries.packed, 0, entries.count));
		snapshot.pending.values().forEach((entries) -> Arrays.sort(entries.packed, 0, entries.count));
		return snapshot;
	}

	private void takePending(Layers layers, HashSetOfLongs hashes) {
		layers.forEachPending((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
			hashes.add(hash);
			if (!tombstone) {
				add(this.pending, file, offset, length);
			}
		});
	}

	private static Entries add(Map<Long, Entries> files, long file, long offset, int length) {
		Entries entries = files.computeIfAbsent(file, (number) -> new Entries());
		entries.add(offset, length);
		return entries;
	}

	Map<Long, Entries> committed() {
		return this.committed;
	}

	Map<Long, Entries> pending() {
		return this.pending;
	}

}
