package io.s4db.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * How a record stands in a {@link SortedFile}: as the entries of an index file do.
 *
 * <pre>
 * | key length | key | file | offset | entry length |
 * | 2          | …   | 4    | 8      | 4            |   bytes, big-endian
 * </pre>
 *
 * File 0 is that of a tombstone. Eight bytes can be read from any place in a key on, and
 * from where it ends.
 */
final class SortedEntry {

	/** What comes before the key. */
	static final int LENGTH_BYTES = 2;

	/** What comes after the key. */
	static final int NUMBER_BYTES = 16;

	/** What an entry has beside its key. */
	static final int OVERHEAD = LENGTH_BYTES + NUMBER_BYTES;

	private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

	private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

	private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	private SortedEntry() {
	}

	/** Writes an entry and returns its end. */
	static int write(byte[] data, int at, byte[] key, int keyOffset, int keyLength, long file, long offset,
			int entryLength) {
		SHORT.set(data, at, (short) keyLength);
		System.arraycopy(key, keyOffset, data, at + LENGTH_BYTES, keyLength);
		int numbers = at + LENGTH_BYTES + keyLength;
		INT.set(data, numbers, (int) file);
		LONG.set(data, numbers + 4, offset);
		INT.set(data, numbers + 12, entryLength);
		return numbers + NUMBER_BYTES;
	}

	static int keyLength(byte[] data, int at) {
		return (short) SHORT.get(data, at) & 0xffff;
	}

	/** The number of the file; as what follows, from where the key ends. */
	static long file(byte[] data, int numbers) {
		return (int) INT.get(data, numbers) & 0xffff_ffffL;
	}

	static long offset(byte[] data, int numbers) {
		return (long) LONG.get(data, numbers + 4);
	}

	static int entryLength(byte[] data, int numbers) {
		return (int) INT.get(data, numbers + 12);
	}

	static Location location(byte[] data, int numbers) {
		long file = file(data, numbers);
		return new Location(file, offset(data, numbers), entryLength(data, numbers), file == 0);
	}

}
