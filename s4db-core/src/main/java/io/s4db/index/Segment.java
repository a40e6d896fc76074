package io.s4db.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * The records of the keys whose hashes begin with the same {@link #depth()} bits: a table
 * of slots with open addressing, and an array of bytes that holds the records.
 *
 * <pre>
 * slot: | tag: the hash's last 16 bits | position of the record, plus 1 |
 *       0 is an empty slot; position 0 with tag 1 is the slot of a removed record
 * </pre>
 *
 * What makes reading free of locks, retries and torn values:
 * <ul>
 * <li>A record is written behind all others, and then its slot is stored with release
 * semantics. It does not change any more.
 * <li>A key keeps its slot as long as it is there. An update stores the new position in
 * the same slot; the slot of a removed record is not used again. So a reader that walks
 * from the home slot to the first empty one meets every key that was there all the while.
 * <li>Where there is no room, and where removed records take too much, another segment
 * (or two) takes this one's place. This one stays as it was at that moment, so that a
 * reader that came before sees a state which was true during its call.
 * </ul>
 * The home slot follows from the tag, in proportion, and the table does not wrap around:
 * it has more slots than home slots, and the last one is always empty. So slots stand in
 * the order of the tags but for collisions, another segment can be filled from this one
 * front to back without hashing a key, and a copy that is taken back to front cannot see
 * a key twice that was removed and put again in the meantime.
 * <p>
 * One thread at a time changes it; any number of threads read.
 */
final class Segment {

	private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);

	private static final int EMPTY = 0;

	private static final int REMOVED = 0x1_0000;

	/** Positions are kept plus 1 in 16 bits. */
	private static final int MAX_POSITION = 0xfffe;

	/** A new segment has room for this share more than it holds: one of 2^SLACK. */
	private static final int SLACK = 3;

	private static final int MIN_ROOM = 64;

	private static final int MIN_TAIL = 4;

	private static final int MAX_TAIL = 64;

	private static final int OBJECT_BYTES = 48;

	private static final int ARRAY_BYTES = 16;

	private final KeyHash hash;

	private final int depth;

	/** How many of the slots are homes. */
	private final int homes;

	private final int[] slots;

	private final byte[] data;

	/** Below: for the changing thread only. The end of the last record. */
	private int end;

	/** Slots that are not empty. */
	private int used;

	private int records;

	/** The bytes of the records that are not removed or replaced. */
	private int recordBytes;

	private Segment(KeyHash hash, int depth, int records, int bytes, int tail) {
		this.hash = hash;
		this.depth = depth;
		int room = records + Math.max(records >> SLACK, 4);
		this.homes = room + (room >> 2);
		this.slots = new int[this.homes + tail];
		this.data = new byte[bytes + Math.max(bytes >> SLACK, MIN_ROOM) + Records.PADDING];
	}

	static Segment empty(KeyHash hash, int depth) {
		return new Segment(hash, depth, 0, 0, MIN_TAIL);
	}

	/** The hash whose bits count here. */
	KeyHash hash() {
		return this.hash;
	}

	/** How many leading bits of the hash the keys have in common. */
	int depth() {
		return this.depth;
	}

	int records() {
		return this.records;
	}

	/** The array of the records, for {@link Records}. */
	byte[] data() {
		return this.data;
	}

	/** The position of a key's record, or -1; for any thread. */
	int find(long hash, byte[] key, int offset, int length) {
		int[] slots = this.slots;
		int tag = (int) hash & 0xffff;
		for (int i = home(tag);; i++) {
			int slot = (int) SLOT.getAcquire(slots, i);
			if (slot == EMPTY) {
				return -1;
			}
			if (slot >>> 16 == tag && slot != REMOVED
					&& Records.hasKey(this.data, position(slot), key, offset, length)) {
				return position(slot);
			}
		}
	}

	/**
	 * Copies the positions of all records; for any thread. Back to front, so that of a
	 * key that is removed and put again meanwhile, which then stands further back, at
	 * most one record is seen.
	 * @return how many there are; they stand at the end of the array
	 */
	int positions(int[] into) {
		int at = into.length;
		for (int i = this.slots.length - 1; i >= 0; i--) {
			int slot = (int) SLOT.getAcquire(this.slots, i);
			if (isRecord(slot)) {
				into[--at] = position(slot);
			}
		}
		return into.length - at;
	}

	int slotCount() {
		return this.slots.length;
	}

	/** The slot of a key, or -1; for the changing thread. */
	int slotOf(long hash, byte[] key, int offset, int length) {
		int tag = (int) hash & 0xffff;
		for (int i = home(tag);; i++) {
			int slot = this.slots[i];
			if (slot == EMPTY) {
				return -1;
			}
			if (slot >>> 16 == tag && slot != REMOVED
					&& Records.hasKey(this.data, position(slot), key, offset, length)) {
				return i;
			}
		}
	}

	/** Where the record of a slot stands. */
	int positionAt(int slotIndex) {
		return position(this.slots[slotIndex]);
	}

	/**
	 * Puts a record, if there is room.
	 * @param slotIndex the slot of its key, or -1
	 * @return whether there was room
	 */
	boolean put(int slotIndex, long hash, byte[] record, int size) {
		if (this.end > MAX_POSITION || size > this.data.length - Records.PADDING - this.end) {
			return false;
		}
		int tag = (int) hash & 0xffff;
		int index = (slotIndex >= 0) ? slotIndex : freeSlot(tag);
		if (index < 0) {
			return false;
		}
		System.arraycopy(record, 0, this.data, this.end, size);
		if (slotIndex >= 0) {
			this.recordBytes -= Records.size(this.data, positionAt(slotIndex));
		}
		else {
			this.used++;
			this.records++;
		}
		int position = this.end;
		this.end += size;
		this.recordBytes += size;
		SLOT.setRelease(this.slots, index, tag << 16 | position + 1);
		return true;
	}

	void remove(int slotIndex) {
		this.recordBytes -= Records.size(this.data, positionAt(slotIndex));
		this.records--;
		SLOT.setRelease(this.slots, slotIndex, REMOVED);
	}

	/** Whether most of what it takes is for records that are gone. */
	boolean isWasteful() {
		return this.data.length > 2 * this.recordBytes + 4 * MIN_ROOM
				|| this.slots.length > 3 * this.records + MAX_TAIL;
	}

	/** One with the same records and no more room than it needs. */
	Segment compacted() {
		return copy(this.depth, this.hash, null, false, -1, this.records, this.recordBytes, 0, null, 0);
	}

	/**
	 * One with the same records and another, and room for more; null where that takes
	 * more than {@code maxBytes} and more than one record.
	 */
	@Nullable Segment with(int slotIndex, long hash, byte[] record, int size, int maxBytes) {
		int count = this.records + 1;
		int bytes = this.recordBytes + size;
		if (slotIndex >= 0) {
			count--;
			bytes -= Records.size(this.data, positionAt(slotIndex));
		}
		if (bytes > maxBytes && count > 1) {
			return null;
		}
		return copy(this.depth, this.hash, null, false, slotIndex, count, bytes, hash, record, size);
	}

	/**
	 * The two halves of this one: those whose next bit is 0 and those whose next bit is
	 * 1.
	 * @param hash the hash whose bit it is: this one's, or the next
	 * @param bit the index of the bit, 0 being the first
	 */
	Segment[] split(KeyHash hash, int bit) {
		boolean[] ones = new boolean[this.slots.length];
		int count = 0;
		int bytes = 0;
		for (int i = 0; i < this.slots.length; i++) {
			if (isRecord(this.slots[i])) {
				int at = position(this.slots[i]);
				if ((hashOf(hash, at) << bit) < 0) {
					ones[i] = true;
					count++;
					bytes += Records.size(this.data, at);
				}
			}
		}
		return new Segment[] {
				copy(bit + 1, hash, ones, false, -1, this.records - count, this.recordBytes - bytes, 0, null, 0),
				copy(bit + 1, hash, ones, true, -1, count, bytes, 0, null, 0) };
	}

	private Segment copy(int depth, KeyHash hash, boolean @Nullable [] ones, boolean side, int without, int records,
			int bytes, long addedHash, byte @Nullable [] added, int addedSize) {
		for (int tail = Math.min(MAX_TAIL, records + MIN_TAIL);; tail *= 2) {
			Segment copy = new Segment(hash, depth, records, bytes, tail);
			if (copy.addAll(this, ones, side, without)
					&& (added == null || copy.put(-1, addedHash, added, addedSize))) {
				return copy;
			}
		}
	}

	/** Adds another's records; false if too many collide at the end of the table. */
	private boolean addAll(Segment from, boolean @Nullable [] ones, boolean side, int without) {
		boolean whole = ones == null && without < 0 && from.recordBytes == from.end;
		boolean rehash = this.hash != from.hash;
		if (whole) {
			System.arraycopy(from.data, 0, this.data, 0, from.end);
			this.end = from.end;
		}
		for (int i = 0; i < from.slots.length; i++) {
			int slot = from.slots[i];
			if (!isRecord(slot) || i == without || (ones != null && ones[i] != side)) {
				continue;
			}
			int position = position(slot);
			int tag = rehash ? (int) from.hashOf(this.hash, position) & 0xffff : slot >>> 16;
			int index = freeSlot(tag);
			if (index < 0) {
				return false;
			}
			if (!whole) {
				int size = Records.size(from.data, position);
				System.arraycopy(from.data, position, this.data, this.end, size);
				position = this.end;
				this.end += size;
			}
			this.slots[index] = tag << 16 | position + 1;
			this.used++;
			this.records++;
		}
		this.recordBytes = this.end;
		return true;
	}

	/** The first empty slot for a tag; -1 if the table is full, or full at its end. */
	private int freeSlot(int tag) {
		if (this.used >= this.homes - (this.homes >> 3)) {
			return -1;
		}
		int i = home(tag);
		while (this.slots[i] != EMPTY) {
			i++;
		}
		return (i < this.slots.length - 1) ? i : -1;
	}

	private long hashOf(KeyHash hash, int at) {
		return hash.of(this.data, Records.keyAt(this.data, at), Records.keyLength(this.data, at));
	}

	private int home(int tag) {
		return tag * this.homes >>> 16;
	}

	private static boolean isRecord(int slot) {
		return (slot & 0xffff) != 0;
	}

	private static int position(int slot) {
		return (slot & 0xffff) - 1;
	}

	/** The heap that it takes. */
	long heapBytes() {
		return OBJECT_BYTES + aligned(ARRAY_BYTES + 4L * this.slots.length) + aligned(ARRAY_BYTES + this.data.length);
	}

	private static long aligned(long bytes) {
		return (bytes + 7) & ~7;
	}

}
