package io.s4db.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.s4db.index.KeyIndex;
import io.s4db.index.Location;

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
			writes.withWritesHeld(() -> snapshot.takePending(database.layers(), pendingHashes));
			Layers layers = database.layers();
			layers.committed()
				.index()
				.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
					// A key put since then is in the pending layers too: what it was at
					// that
					// moment decides.
					if (!pendingHashes.contains(hash) || layers.pending(buffer, keyOffset, keyLength, hash) == null) {
						add(snapshot.committed, file, offset, length);
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
		List<KeyIndex> higher = new ArrayList<>();
		List<KeyIndex> indexes = new ArrayList<>(List.of(layers.active()));
		indexes.addAll(layers.sealed());
		for (KeyIndex index : indexes) {
			index.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
				hashes.add(hash);
				if (!tombstone && !isShadowed(higher, buffer, keyOffset, keyLength, hash)) {
					add(this.pending, file, offset, length);
				}
			});
			higher.add(index);
		}
	}

	private static void add(Map<Long, Entries> files, long file, long offset, int length) {
		files.computeIfAbsent(file, (number) -> new Entries()).add(offset, length);
	}

	private static boolean isShadowed(List<KeyIndex> above, byte[] buffer, int keyOffset, int keyLength, long hash) {
		for (KeyIndex index : above) {
			Location location = index.get(buffer, keyOffset, keyLength, hash);
			if (location != null) {
				return true;
			}
		}
		return false;
	}

	Map<Long, Entries> committed() {
		return this.committed;
	}

	Map<Long, Entries> pending() {
		return this.pending;
	}

}
