package io.s4db.index;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The keys that came into indexes since somebody began to ask for them: each key of a
 * record, other than of a tombstone, that was put where there was none, or a tombstone.
 * It is here once the record can be found. Those of other indexes may be here too, and
 * one key several times.
 * <p>
 * Bounded: if more come than are wanted, or no memory is left, all are forgotten, and
 * {@link #take} says so.
 * <p>
 * Thread-safe. The one lock that it has is waited for briefly, and no other under it.
 */
public final class AddedKeys {

	private static final int LENGTH_BYTES = 2;

	private static final int FIRST_BYTES = 4096;

	/** Whether keys are wanted. */
	private volatile boolean wanted;

	/** Below, guarded by this: each key after its length. */
	private byte[] bytes = new byte[0];

	private int end;

	private int count;

	private long most;

	/**
	 * Takes keys from now on. Those that come meanwhile are here or not.
	 * @param most how many at most
	 */
	public synchronized void begin(long most) {
		forget();
		this.most = most;
		this.wanted = true;
	}

	/** Takes none from now on. */
	public synchronized void end() {
		this.wanted = false;
		forget();
	}

	private void forget() {
		this.bytes = new byte[0];
		this.end = 0;
		this.count = 0;
	}

	/** A record was put. Does not fail. */
	void add(byte[] buffer, int offset, int length) {
		if (this.wanted) {
			addWanted(buffer, offset, length);
		}
	}

	private synchronized void addWanted(byte[] buffer, int offset, int length) {
		if (!this.wanted) {
			return;
		}
		if (this.count == this.most || !hasRoom(length)) {
			end();
			return;
		}
		this.bytes[this.end] = (byte) (length >> 8);
		this.bytes[this.end + 1] = (byte) length;
		System.arraycopy(buffer, offset, this.bytes, this.end + LENGTH_BYTES, length);
		this.end += LENGTH_BYTES + length;
		this.count++;
	}

	private boolean hasRoom(int length) {
		long needed = (long) this.end + LENGTH_BYTES + length;
		if (needed <= this.bytes.length) {
			return true;
		}
		long larger = Math.max(FIRST_BYTES, needed + (needed >> 1));
		if (larger > Integer.MAX_VALUE - 8) {
			return false;
		}
		try {
			this.bytes = Arrays.copyOf(this.bytes, (int) larger);
			return true;
		}
		catch (OutOfMemoryError ex) {
			// The put that it belongs to is done, and has nothing to do with this.
			return false;
		}
	}

	/**
	 * Takes out what came.
	 * @param most how many may come until the next time
	 * @return null if some were forgotten, and none are taken any more
	 */
	public synchronized byte @Nullable [][] take(long most) {
		if (!this.wanted) {
			return null;
		}
		byte[][] keys = new byte[this.count][];
		int at = 0;
		for (int i = 0; i < keys.length; i++) {
			int length = (this.bytes[at] & 0xff) << 8 | (this.bytes[at + 1] & 0xff);
			at += LENGTH_BYTES;
			keys[i] = Arrays.copyOfRange(this.bytes, at, at + length);
			at += length;
		}
		if (this.end > FIRST_BYTES) {
			this.bytes = new byte[0];
		}
		this.end = 0;
		this.count = 0;
		this.most = most;
		return keys;
	}

	/** How many came since they were last taken. */
	public synchronized int count() {
		return this.count;
	}

	/** The bytes of heap that they take. */
	public synchronized long heapBytes() {
		return this.bytes.length;
	}

}
