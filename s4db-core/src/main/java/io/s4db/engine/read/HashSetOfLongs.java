package io.s4db.engine.read;

/**
 * A set of hashes: open addressing, 8 bytes a slot. For one thread.
 */
final class HashSetOfLongs {

	private long[] slots = new long[16];

	private int count;

	private boolean zero;

	/** Adds a hash; returns whether it was not there yet. */
	boolean add(long value) {
		if (value == 0) {
			boolean added = !this.zero;
			this.zero = true;
			return added;
		}
		if (this.count * 2 >= this.slots.length) {
			long[] old = this.slots;
			this.slots = new long[old.length * 2];
			for (long one : old) {
				if (one != 0) {
					insert(one);
				}
			}
		}
		boolean added = insert(value);
		this.count += added ? 1 : 0;
		return added;
	}

	private boolean insert(long value) {
		int slot = (int) value & (this.slots.length - 1);
		while (this.slots[slot] != 0) {
			if (this.slots[slot] == value) {
				return false;
			}
			slot = (slot + 1) & (this.slots.length - 1);
		}
		this.slots[slot] = value;
		return true;
	}

	boolean contains(long value) {
		if (value == 0) {
			return this.zero;
		}
		int slot = (int) value & (this.slots.length - 1);
		while (this.slots[slot] != 0) {
			if (this.slots[slot] == value) {
				return true;
			}
			slot = (slot + 1) & (this.slots.length - 1);
		}
		return false;
	}

}
