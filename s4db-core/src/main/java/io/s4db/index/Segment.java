package io.s4db.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

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

	/** There is room for at least so many bytes more. */
	private static final int MIN_ROOM = 64;

	/** What a record usually takes beside its key. */
	private static final int USUAL_OVERHEAD = 9;

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

	private Segment(KeyHash hash, int depth, int homes, int[] slots, byte[] data) {
		this.hash = hash;
		this.depth = depth;
		this.homes = homes;
		this.slots = slots;
		this.data = data;
	}

	static Segment empty(KeyHash hash, int depth) {
		return sized(hash, depth, 0, 0, MIN_TAIL);
	}

	/** An empty one with room for so many records, and some more. */
	static Segment reserved(KeyHash hash, int depth, int records, int keyLength) {
		int bytes = records * (keyLength + USUAL_OVERHEAD);
		return sized(hash, depth, records, Math.min(bytes + (bytes >> 4), MAX_POSITION / 2), tail(records));
	}

	/** With room for so many bytes, and for records and half of them more. */
	private static Segment sized(KeyHash hash, int depth, int records, int bytes, int tail) {
		int room = records + Math.max(records >> 1, 4);
		int homes = room + (room >> 2);
		return new Segment(hash, depth, homes, new int[homes + tail],
				new byte[Math.max(bytes, MIN_ROOM) + Records.PADDING]);
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

	/** What stands in a key's home slot, if only to have it read; for any thread. */
	int homeSlot(long hash) {
		return (int) SLOT.getAcquire(this.slots, home((int) hash & 0xffff));
	}

	/** A byte of the record of a slot, if only to have it read; for any thread. */
	int byteOf(int slot) {
		return isRecord(slot) ? this.data[position(slot)] : 0;
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
		if (!hasRoom(size)) {
			return false;
		}
		int tag = (int) hash & 0xffff;
		int index = (slotIndex >= 0) ? slotIndex : freeSlot(tag);
		if (index < 0) {
			return false;
		}
		if (slotIndex >= 0) {
			this.recordBytes -= Records.size(this.data, positionAt(slotIndex));
		}
		else {
			this.used++;
			this.records++;
		}
		int position = append(record, 0, size);
		this.recordBytes += size;
		SLOT.setRelease(this.slots, index, slot(tag, position));
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
				|| this.slots.length > 4 * this.records + 2 * MAX_TAIL;
	}

	/** One with the same records and little room for more. */
	Segment compacted() {
		return copy(this.hash, this.depth, slots(-1), this.records, this.recordBytes, Integer.MAX_VALUE);
	}

	/**
	 * One with the same records and another, and room for more; null where that takes
	 * more than {@code maxBytes} and more than one record.
	 * <p>
	 * Room for more is a quarter where nothing was replaced or removed: then all is
	 * copied as it is. Where something was, it is a half, since records are copied one by
	 * one.
	 */
	@Nullable Segment with(int slotIndex, long hash, byte[] record, int size, int maxBytes) {
		int replaced = (slotIndex >= 0) ? Records.size(this.data, positionAt(slotIndex)) : 0;
		int count = this.records + ((slotIndex >= 0) ? 0 : 1);
		int bytes = this.recordBytes - replaced + size;
		if (bytes > maxBytes && count > 1) {
			return null;
		}
		int gone = this.end - this.recordBytes + replaced;
		int eighths = (bytes > maxBytes) ? 0 : (gone > 0) ? 4 : 2;
		boolean hasSlot = slotIndex >= 0 || freeSlot((int) hash & 0xffff) >= 0;
		if (hasSlot && gone <= this.end >> 3 && this.end <= MAX_POSITION) {
			Segment grown = grown(withEighths(this.end + size, eighths));
			grown.put(slotIndex, hash, record, size);
			return grown;
		}
		int[] list = slots(slotIndex);
		for (int tail = tail(count);; tail *= 2) {
			Segment copy = sized(this.hash, this.depth, count, withEighths(bytes, eighths), tail);
			if (copy.addAll(this, list, (slotIndex >= 0) ? this.records - 1 : this.records)
					&& copy.put(-1, hash, record, size)) {
				return copy;
			}
		}
	}

	/** One with the same slots and room for so many bytes. */
	private Segment grown(int bytes) {
		Segment grown = new Segment(this.hash, this.depth, this.homes, this.slots.clone(),
				Arrays.copyOf(this.data, bytes + Records.PADDING));
		grown.end = this.end;
		grown.used = this.used;
		grown.records = this.records;
		grown.recordBytes = this.recordBytes;
		return grown;
	}

	/**
	 * The two halves of this one: those whose next bit is 0 and those whose next bit is
	 * 1.
	 * @param hash the hash whose bit it is: this one's, or the next
	 * @param bit the index of the bit, 0 being the first
	 * @param maxBytes from so many bytes of records on a half gets no room for more.
	 * Where all keys go to the same half, which they do split after split if they come in
	 * order of their hashes, it would grow by that room each time
	 */
	Segment[] split(KeyHash hash, int bit, int maxBytes) {
		int[] list = new int[2 * this.records];
		int zeros = 0;
		int ones = 0;
		int bytesOfOnes = 0;
		int[] all = slots(-1);
		for (int i = 0; i < this.records; i++) {
			int at = position(all[i]);
			int one = (int) (hashOf(hash, at) << bit >>> 63);
			// Written at both ends, and kept at one: the bit is a coin toss, so no
			// branches.
			list[zeros] = all[i];
			list[list.length - 1 - ones] = all[i];
			zeros += 1 - one;
			ones += one;
			bytesOfOnes += -one & Records.size(this.data, at);
		}
		int[] reversed = new int[ones];
		for (int i = 0; i < ones; i++) {
			reversed[i] = list[list.length - 1 - i];
		}
		return new Segment[] { copy(hash, bit + 1, list, zeros, this.recordBytes - bytesOfOnes, maxBytes),
				copy(hash, bit + 1, reversed, ones, bytesOfOnes, maxBytes) };
	}

	/** The slots of all records but that of one slot; there may be rubbish behind. */
	private int[] slots(int without) {
		int[] list = new int[this.slots.length];
		int count = 0;
		for (int i = 0; i < this.slots.length; i++) {
			list[count] = this.slots[i];
			count += (isRecord(this.slots[i]) && i != without) ? 1 : 0;
		}
		return list;
	}

	private Segment copy(KeyHash hash, int depth, int[] list, int count, int bytes, int maxBytes) {
		int eighths = (count > 1 && bytes <= maxBytes) ? 2 : 0;
		for (int tail = tail(count);; tail *= 2) {
			Segment copy = sized(hash, depth, count, withEighths(bytes, eighths), tail);
			if (copy.addAll(this, list, count)) {
				return copy;
			}
		}
	}

	/** Adds records of another; false if too many collide at the end of the table. */
	private boolean addAll(Segment from, int[] list, int count) {
		boolean rehash = this.hash != from.hash;
		for (int i = 0; i < count; i++) {
			int position = position(list[i]);
			int tag = rehash ? (int) from.hashOf(this.hash, position) & 0xffff : list[i] >>> 16;
			int index = freeSlot(tag);
			if (index < 0) {
				return false;
			}
			if (this.end > MAX_POSITION) {
				throw new IllegalStateException("A segment of " + this.end + " bytes has no position for one more");
			}
			this.slots[index] = slot(tag, append(from.data, position, Records.size(from.data, position)));
			this.used++;
		}
		this.records = count;
		this.recordBytes = this.end;
		return true;
	}

	private boolean hasRoom(int size) {
		return this.end <= MAX_POSITION && size <= this.data.length - Records.PADDING - this.end;
	}

	/** Copies a record behind the others, and returns its position. */
	private int append(byte[] from, int at, int size) {
		int position = this.end;
		Records.copy(from, at, this.data, position, size);
		this.end += size;
		return position;
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
		return (tag * this.homes) >>> 16;
	}

	private static int withEighths(int bytes, int eighths) {
		return bytes + Math.max((bytes >> 3) * eighths, MIN_ROOM);
	}

	private static int tail(int records) {
		return Math.min(MAX_TAIL, records + MIN_TAIL);
	}

	private static int slot(int tag, int position) {
		return tag << 16 | position + 1;
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
