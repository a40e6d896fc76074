package io.s4db.index;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A compact map in memory from keys to {@link Location}s.
 * <p>
 * It is extendible hashing: a tree of directories leads by the first bits of a key's hash
 * to a segment, a small table of its own. A segment that is full splits in two, so that
 * growing is paid in pieces of 32 KiB, some tens of microseconds each, and the peak is
 * one segment more than what is there. No array is larger than 68 KiB, so none is
 * humongous to the G1 collector.
 * <p>
 * A record takes 6 to 17 bytes beside its key (9 for ordinary files and entries), and its
 * slot 5 to 8. Room for more, and removed and replaced records, take a quarter of that at
 * most where keys are only added, and half at most where they are changed.
 * <p>
 * <b>Threads.</b> One thread at a time may change it: callers have a lock of their own
 * for that. Any number of threads may read at the same time, without locks: reading is
 * wait-free. {@code get} is linearizable: it gives what was there at a moment between
 * call and return. This holds because a record never changes once it can be seen; see
 * {@link Segment}.
 * <p>
 * Key arguments are not kept. Arguments out of range are an
 * {@link IllegalArgumentException} or {@link IndexOutOfBoundsException}, before anything
 * is changed.
 */
public final class KeyIndex implements KeyTable {

	/** Keys have at most so many bytes. */
	public static final int MAX_KEY_LENGTH = Records.MAX_KEY_LENGTH;

	/** A segment with more bytes of records splits. */
	private static final int SEGMENT_BYTES = 32 * 1024;

	/** A directory has at most 2^12 entries: 16 KiB, enough for some million keys. */
	private static final int DIRECTORY_BITS = 12;

	private static final int OBJECT_BYTES = 160;

	static final int PART_BITS = 6;

	/** How many parts there are where several threads fill an index. */
	public static final int PARTS = 1 << PART_BITS;

	/** With fewer keys, parts are not worth it. */
	private static final int MIN_KEYS_OF_PARTS = 1 << 18;

	private final KeyHash hash;

	private final SegmentTree tree;

	private final int segmentBytes;

	/** Where a record is built before it is put; for the changing thread. */
	private byte[] record = new byte[64];

	/** The hash at which the next {@link #drainSegment} begins. */
	private long drainFrom;

	private volatile long size;

	/** Who is told of keys that are added; null if nobody. */
	private volatile @Nullable AddedKeys added;

	/**
	 * Creates an empty index.
	 * @param seed the seed of the hash; one that others cannot guess keeps them from
	 * making keys that collide
	 */
	public KeyIndex(long seed) {
		this(seed, SEGMENT_BYTES, DIRECTORY_BITS);
	}

	KeyIndex(long seed, int segmentBytes, int directoryBits) {
		this.hash = new KeyHash(seed);
		this.tree = new SegmentTree(this.hash, directoryBits);
		this.segmentBytes = segmentBytes;
	}

	/**
	 * The hash of a key. It depends on the seed and the bytes alone.
	 */
	@Override
	public long hash(byte[] key, int offset, int length) {
		return this.hash.of(key, offset, length);
	}

	/**
	 * Where the entry of a key stands; null if there is none. Any thread may call it.
	 * @param hash what {@link #hash} gives, here or in an index of the same seed
	 */
	@Override
	public @Nullable Location get(byte[] buffer, int offset, int length, long hash) {
		assert hash == hash(buffer, offset, length);
		Segment segment = this.tree.find(hash, buffer, offset, length);
		int at = segment.find(this.tree.hashIn(segment, hash, buffer, offset, length), buffer, offset, length);
		return (at >= 0) ? Records.location(segment.data(), at) : null;
	}

	/**
	 * Reads what {@link #get} of each of some keys will read, so that it is in the caches
	 * of the processor by then. One lookup is a chain of reads that wait for each other;
	 * here those of different keys are on their way at the same time, which takes a
	 * fraction of the time. Any thread may call it; it changes nothing, and what it sees
	 * decides nothing.
	 * @param hashes what {@link #hash} gives for each key
	 * @return something that depends on all that was read, so that none of it is left out
	 */
	public int touch(byte[][] keys, long[] hashes, int count) {
		Segment[] segments = new Segment[count];
		for (int i = 0; i < count; i++) {
			segments[i] = this.tree.find(hashes[i], keys[i], 0, keys[i].length);
		}
		int[] slots = new int[count];
		for (int i = 0; i < count; i++) {
			slots[i] = segments[i].homeSlot(this.tree.hashIn(segments[i], hashes[i], keys[i], 0, keys[i].length));
		}
		int sum = 0;
		for (int i = 0; i < count; i++) {
			sum += segments[i].byteOf(slots[i]);
		}
		return sum;
	}

	/**
	 * Puts the location of a key's entry.
	 * @param file the number of the file, 0 to 2^32 - 1
	 * @param offset 0 to 2^48 - 1
	 * @param entryLength not negative
	 * @return the location that it replaces; null if there was none
	 */
	public @Nullable Location put(byte[] buffer, int keyOffset, int keyLength, long file, long offset, int entryLength,
			boolean tombstone) {
		return put(buffer, keyOffset, keyLength, hash(buffer, keyOffset, keyLength), file, offset, entryLength,
				tombstone);
	}

	/**
	 * As {@link #put(byte[], int, int, long, long, int, boolean)}, where the hash is
	 * known already.
	 * @param hash what {@link #hash} gives, here or in an index of the same seed
	 */
	public @Nullable Location put(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset,
			int entryLength, boolean tombstone) {
		check(buffer, keyOffset, keyLength, file, offset, entryLength);
		assert hash == hash(buffer, keyOffset, keyLength);
		this.record = roomFor(this.record, keyLength);
		int size = Records.write(this.record, 0, buffer, keyOffset, keyLength, file, offset, entryLength, tombstone);
		Location previous = store(buffer, keyOffset, keyLength, hash, this.record, size);
		if (previous == null) {
			resize(1);
		}
		if (!tombstone) {
			tell(previous, buffer, keyOffset, keyLength);
		}
		return previous;
	}

	/**
	 * Has keys reported that are added from now on. While no one changes the index.
	 */
	public void report(AddedKeys keys) {
		this.added = keys;
	}

	/** Where added keys are reported; null if nowhere. */
	public @Nullable AddedKeys reports() {
		return this.added;
	}

	/** Whether added keys are reported there. */
	public boolean reportsTo(AddedKeys keys) {
		return this.added == keys;
	}

	/** Tells of a key that can be found now, where it could not before. */
	private void tell(@Nullable Location previous, byte[] buffer, int keyOffset, int keyLength) {
		AddedKeys keys = this.added;
		if (keys != null && (previous == null || previous.tombstone())) {
			keys.add(buffer, keyOffset, keyLength);
		}
	}

	/** Puts a record that is built; returns the location that it replaces. */
	private @Nullable Location store(byte[] buffer, int keyOffset, int keyLength, long hash, byte[] built, int size) {
		while (true) {
			Segment segment = this.tree.find(hash, buffer, keyOffset, keyLength);
			long segmentHash = this.tree.hashIn(segment, hash, buffer, keyOffset, keyLength);
			int slot = segment.slotOf(segmentHash, buffer, keyOffset, keyLength);
			Location previous = (slot >= 0) ? Records.location(segment.data(), segment.positionAt(slot)) : null;
			if (segment.put(slot, segmentHash, built, size)) {
				return previous;
			}
			Segment larger = segment.with(slot, segmentHash, built, size, this.segmentBytes);
			if (larger != null) {
				this.tree.replace(hash, buffer, keyOffset, keyLength, larger);
				return previous;
			}
			this.tree.split(hash, buffer, keyOffset, keyLength, this.segmentBytes);
		}
	}

	/**
	 * Removes the record of a key.
	 * @return the location that was there; null if there was none
	 */
	public @Nullable Location remove(byte[] buffer, int keyOffset, int keyLength) {
		return remove(buffer, keyOffset, keyLength, hash(buffer, keyOffset, keyLength));
	}

	/**
	 * As {@link #remove(byte[], int, int)}, where the hash is known already.
	 * @param hash what {@link #hash} gives, here or in an index of the same seed
	 */
	public @Nullable Location remove(byte[] buffer, int keyOffset, int keyLength, long hash) {
		assert hash == hash(buffer, keyOffset, keyLength);
		Location previous = take(buffer, keyOffset, keyLength, hash);
		if (previous != null) {
			resize(-1);
			if (this.size == 0) {
				this.tree.clear();
			}
		}
		return previous;
	}

	/** Removes a record; returns its location. */
	private @Nullable Location take(byte[] buffer, int keyOffset, int keyLength, long hash) {
		Segment segment = this.tree.find(hash, buffer, keyOffset, keyLength);
		long segmentHash = this.tree.hashIn(segment, hash, buffer, keyOffset, keyLength);
		int slot = segment.slotOf(segmentHash, buffer, keyOffset, keyLength);
		if (slot < 0) {
			return null;
		}
		Location previous = Records.location(segment.data(), segment.positionAt(slot));
		segment.remove(slot);
		if (segment.isWasteful()) {
			try {
				this.tree.replace(hash, buffer, keyOffset, keyLength, segment.compacted());
			}
			catch (OutOfMemoryError ex) {
				// It is removed all the same; the next removal tries again.
			}
		}
		return previous;
	}

	/**
	 * Prepares for changes of many keys by several threads: makes room for them in an
	 * empty index. Says whether {@link Part}s may be used: not for few keys, nor where
	 * there are few. This changes the index.
	 * @param keys how many are expected
	 * @param keyLength how long they are on average
	 */
	public boolean divide(long keys, int keyLength) {
		if (keys < MIN_KEYS_OF_PARTS) {
			return false;
		}
		return (this.size == 0) ? this.tree.reserve(keys, keyLength) : this.tree.divide();
	}

	/**
	 * Which part a key with that hash belongs to: 0 to {@link #PARTS} - 1.
	 */
	public static int partOf(long hash) {
		return (int) (hash >>> (64 - PART_BITS));
	}

	/**
	 * A part of an index that is {@link #divide}d: the keys with one {@link #partOf}.
	 * Until it is ended no one else may change the index; other parts may be changed at
	 * the same time.
	 */
	public Part part() {
		return new Part();
	}

	/** Changes the keys of one part. For one thread at a time. */
	public final class Part implements KeyChanges {

		private byte[] partRecord = new byte[64];

		private long more;

		private Part() {
		}

		/** As {@link KeyIndex#put}, of what is no tombstone. */
		@Override
		public @Nullable Location put(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset,
				int entryLength) {
			check(buffer, keyOffset, keyLength, file, offset, entryLength);
			this.partRecord = roomFor(this.partRecord, keyLength);
			int size = Records.write(this.partRecord, 0, buffer, keyOffset, keyLength, file, offset, entryLength,
					false);
			Location previous = store(buffer, keyOffset, keyLength, hash, this.partRecord, size);
			if (previous == null) {
				this.more++;
			}
			tell(previous, buffer, keyOffset, keyLength);
			return previous;
		}

		/** As {@link KeyIndex#remove}. */
		@Override
		public @Nullable Location remove(byte[] buffer, int keyOffset, int keyLength, long hash) {
			Location previous = take(buffer, keyOffset, keyLength, hash);
			if (previous != null) {
				this.more--;
			}
			return previous;
		}

		/** Counts what was put; one part after the other. */
		@Override
		public void end() {
			resize(this.more);
			this.more = 0;
		}

	}

	/**
	 * The number of records, those of tombstones included. Any thread may call it.
	 */
	@Override
	public long size() {
		return this.size;
	}

	/**
	 * Walks over the records; any thread may call it, and no lock is held. The cursor is
	 * for one thread at a time, and needs no closing. It keeps the segment that it is at
	 * from being freed, and a copy of its positions, some 40 KiB in all.
	 */
	@Override
	public Cursor cursor() {
		return records();
	}

	/** What {@link #cursor} gives. */
	SegmentCursor records() {
		return new SegmentCursor(this.hash, this.tree);
	}

	KeyHash keyHash() {
		return this.hash;
	}

	/**
	 * Removes all records.
	 */
	public void clear() {
		this.tree.clear();
		this.size = 0;
	}

	/**
	 * Visits all records and removes them, segment by segment, so that memory is given
	 * back on the way. A record can be found until its visit returned. This changes the
	 * index: callers hold their lock. If the visitor throws, the records of the segments
	 * that were visited whole are removed, and the others are there.
	 */
	public void drain(Visitor visitor) {
		boolean more = true;
		while (more) {
			more = drainSegment(visitor);
		}
	}

	/**
	 * Does a part of {@link #drain}: some hundred records of one segment. Between two
	 * calls the lock can be released and the index be changed.
	 * @return whether there was something to visit
	 */
	public boolean drainSegment(Visitor visitor) {
		if (this.size == 0) {
			return false;
		}
		while (true) {
			long from = this.drainFrom;
			Object node = this.tree.at(from);
			SegmentCursor cursor = SegmentCursor.of(this.hash, node);
			long visited = 0;
			while (cursor.next()) {
				visitor.visit(cursor);
				visited++;
			}
			this.drainFrom = SegmentCursor.after(from, node);
			if (visited > 0) {
				this.tree.empty(from);
				resize(-visited);
				if (this.size == 0) {
					this.tree.clear();
				}
				return true;
			}
		}
	}

	/**
	 * The bytes of heap that it takes, by counting its arrays and objects (with
	 * compressed references). Any thread may call it; it takes some nanoseconds a
	 * segment.
	 */
	@Override
	public long heapBytes() {
		return OBJECT_BYTES + this.record.length + this.tree.heapBytes();
	}

	private static void check(byte[] buffer, int keyOffset, int keyLength, long file, long offset, int entryLength) {
		Objects.checkFromIndexSize(keyOffset, keyLength, buffer.length);
		if (keyLength > MAX_KEY_LENGTH || file < 0 || file > Records.MAX_FILE || offset < 0
				|| offset > Records.MAX_OFFSET || entryLength < 0) {
			throw new IllegalArgumentException("Out of range: key length " + keyLength + ", file " + file + ", offset "
					+ offset + ", entry length " + entryLength);
		}
	}

	/** Gives back what was reserved in vain. This changes the index. */
	public void trim() {
		this.tree.trim();
	}

	private static byte[] roomFor(byte[] record, int keyLength) {
		int room = keyLength + Records.MAX_OVERHEAD + Records.PADDING;
		return (record.length < room) ? new byte[room] : record;
	}

	/** One thread at a time changes it; any may read it. */
	private void resize(long by) {
		long before = this.size;
		this.size = before + by;
	}

	/**
	 * What is done with a record.
	 */
	@FunctionalInterface
	public interface Visitor {

		/**
		 * Visits a record.
		 * @param buffer an array of the index that holds the key; not to be changed. Its
		 * bytes stay as they are, also after the visit
		 * @param keyOffset where the key begins
		 * @param keyLength the length of the key
		 * @param hash the hash of the key
		 * @param file the number of the file
		 * @param offset the offset of the entry
		 * @param entryLength the length of the entry
		 * @param tombstone whether the entry says that the key was deleted
		 */
		void visit(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset, int entryLength,
				boolean tombstone);

		/** Visits the record that a walk is at. */
		default void visit(Cursor record) {
			visit(record.buffer(), record.keyOffset(), record.keyLength(), record.hash(), record.file(),
					record.offset(), record.entryLength(), record.tombstone());
		}

	}

	/**
	 * A walk over the records. Before the first {@link #next()}, and after one that
	 * returned false, the others fail.
	 */
	public interface Cursor {

		/** Goes to the next record; false if there is none. */
		boolean next();

		/**
		 * The array that holds the key; not to be changed. Its bytes stay as they are.
		 */
		byte[] buffer();

		/** Where in the buffer the key begins. */
		int keyOffset();

		/** The length of the key. */
		int keyLength();

		/** The hash of the key, which is computed at each call. */
		long hash();

		/** The number of the file. */
		long file();

		/** The offset of the entry in the file. */
		long offset();

		/** The length of the entry. */
		int entryLength();

		/** Whether the entry says that the key was deleted. */
		boolean tombstone();

	}

}
