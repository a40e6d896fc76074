package io.s4db.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32;

import org.xerial.snappy.Snappy;

/**
 * A batch of entries, encoded once, to be written with one call. Reusable; for one thread
 * at a time. With more than one entry it begins with a {@link BatchMark}.
 */
public final class EntryBuffer {

	/** The largest batch, in bytes. */
	public static final long MAX_LENGTH = 1L << 30;

	private static final int MAX_ARRAY = Integer.MAX_VALUE - 64;

	/** A buffer that has grown past this is not kept. */
	private static final int KEEP = 4 << 20;

	private final CRC32 crc = new CRC32();

	private byte[] bytes = new byte[8192];

	private int end;

	private int[] offsets = new int[64];

	private int count;

	private boolean marked;

	/**
	 * Starts a batch.
	 * @param expectedEntries how many entries will come; with more than one, room for the
	 * mark is left
	 */
	public void begin(int expectedEntries) {
		if (this.bytes.length > KEEP) {
			this.bytes = new byte[8192];
		}
		this.count = 0;
		this.marked = expectedEntries > 1;
		this.end = this.marked ? BatchMark.LENGTH : 0;
	}

	/**
	 * Adds a put.
	 * @throws IllegalArgumentException if the batch would be too large
	 */
	public void put(byte[] key, byte[] value) {
		ensure((long) EntryFormat.OVERHEAD + key.length + 32 + value.length + value.length / 6);
		int start = this.end;
		int valueOffset = start + EntryFormat.HEADER_LENGTH + key.length;
		int valueLength;
		try {
			valueLength = Snappy.compress(value, 0, value.length, this.bytes, valueOffset);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finish(start, EntryFormat.PUT, key, valueLength);
	}

	/** Adds a tombstone. */
	public void tombstone(byte[] key) {
		ensure((long) EntryFormat.OVERHEAD + key.length);
		finish(this.end, EntryFormat.TOMBSTONE, key, 0);
	}

	/** Adds a tombstone with a value: for reserved keys only. */
	void reserved(byte[] key, byte[] value) {
		ensure((long) EntryFormat.OVERHEAD + key.length + value.length);
		System.arraycopy(value, 0, this.bytes, this.end + EntryFormat.HEADER_LENGTH + key.length, value.length);
		finish(this.end, EntryFormat.TOMBSTONE, key, value.length);
	}

	/**
	 * Adds an entry as it is: a verified one, copied from another file.
	 * @throws IllegalArgumentException if the batch would be too large
	 */
	public void copy(byte[] source, int offset, int length) {
		if ((long) this.end + length > MAX_LENGTH) {
			throw tooLarge((long) this.end + length);
		}
		ensure(length);
		System.arraycopy(source, offset, this.bytes, this.end, length);
		added(this.end, length);
	}

	private void finish(int start, int flags, byte[] key, int valueLength) {
		byte[] target = this.bytes;
		target[start] = (byte) flags;
		Bytes.putI32(target, start + 1, key.length);
		Bytes.putI32(target, start + 5, valueLength);
		System.arraycopy(key, 0, target, start + EntryFormat.HEADER_LENGTH, key.length);
		int length = EntryFormat.OVERHEAD + key.length + valueLength;
		this.crc.reset();
		this.crc.update(target, start, length - 4);
		Bytes.putI32(target, start + length - 4, (int) this.crc.getValue());
		added(start, length);
	}

	private void added(int start, int length) {
		if (this.count == this.offsets.length) {
			this.offsets = Arrays.copyOf(this.offsets, this.count * 2);
		}
		this.offsets[this.count++] = start;
		this.end = start + length;
	}

	private void ensure(long more) {
		long needed = this.end + more;
		if (needed > this.bytes.length) {
			// What is needed is an upper bound of what the value takes once compressed.
			if (this.end > MAX_LENGTH || needed > MAX_ARRAY) {
				throw tooLarge(needed);
			}
			this.bytes = Arrays.copyOf(this.bytes, (int) Math.min(MAX_ARRAY, Math.max(needed, this.bytes.length * 2L)));
		}
	}

	/**
	 * Ends the batch.
	 * @throws IllegalArgumentException if it is too large
	 */
	public void end() {
		if (this.end > MAX_LENGTH) {
			throw tooLarge(this.end);
		}
		if (this.marked && this.count > 0) {
			BatchMark.write(this.bytes, this.end - BatchMark.LENGTH);
		}
	}

	private static IllegalArgumentException tooLarge(long length) {
		return new IllegalArgumentException("A batch takes at most " + MAX_LENGTH + " bytes, but this one takes up to "
				+ length + "; put it in several");
	}

	/** The bytes: the first {@link #length()} of this array count. */
	public byte[] bytes() {
		return this.bytes;
	}

	/** How many bytes there are, the mark included. */
	public int length() {
		return this.end;
	}

	/** How many entries there are, the mark not counted. */
	public int count() {
		return this.count;
	}

	/** Where an entry begins. */
	public int offset(int entry) {
		return this.offsets[entry];
	}

	/** How long an entry is. */
	public int length(int entry) {
		return ((entry + 1 < this.count) ? this.offsets[entry + 1] : this.end) - this.offsets[entry];
	}

	/** Where an entry's key begins. */
	public int keyOffset(int entry) {
		return this.offsets[entry] + EntryFormat.HEADER_LENGTH;
	}

	/** How long an entry's key is. */
	public int keyLength(int entry) {
		return Bytes.i32(this.bytes, this.offsets[entry] + 1);
	}

	/** Whether an entry is a tombstone. */
	public boolean isTombstone(int entry) {
		return this.bytes[this.offsets[entry]] == EntryFormat.TOMBSTONE;
	}

}
