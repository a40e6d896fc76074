package io.s4db.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * How a record of the index stands in a byte array. A record never changes once it can be
 * seen.
 *
 * <pre>
 * | header | key length | key | file | offset    | entry length |
 * | 1      | 1 or 2     | …   | 1–4  | 2,3,4 or 6| 1–4          |   bytes, little-endian
 *
 * header, bit 0: the entry is a tombstone
 *             1: width of the key length, minus 1
 *           2–3: width of the file number, minus 1
 *           4–5: width of the offset: 2, 3, 4 or 6
 *           6–7: width of the entry length, minus 1
 * </pre>
 *
 * Numbers are read and written eight bytes at a time, so an array needs {@link #PADDING}
 * bytes after its last record. What such an access reads beyond the number is masked
 * away, and what it writes there is not yet, or no more, anyone's.
 */
final class Records {

	/** Bytes that an array must have after its last record. */
	static final int PADDING = 8;

	static final int MAX_KEY_LENGTH = 0xffff;

	static final long MAX_FILE = 0xffff_ffffL;

	static final long MAX_OFFSET = (1L << 48) - 1;

	/** More bytes than any record takes beside its key. */
	static final int MAX_OVERHEAD = 1 + 2 + 4 + 6 + 4;

	private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private Records() {
	}

	/** Writes a record and returns its size. */
	static int write(byte[] data, int at, byte[] key, int keyOffset, int keyLength, long file, long offset,
			int entryLength, boolean tombstone) {
		int keyLengthWidth = (keyLength < 0x100) ? 1 : 2;
		int fileWidth = width(file);
		int offsetCode = Math.min(3, Math.max(2, width(offset)) - 2);
		int entryLengthWidth = width(entryLength);
		int header = (tombstone ? 1 : 0) | (keyLengthWidth - 1) << 1 | (fileWidth - 1) << 2 | offsetCode << 4
				| (entryLengthWidth - 1) << 6;
		data[at] = (byte) header;
		int to = at + 1;
		data[to++] = (byte) keyLength;
		if (keyLengthWidth == 2) {
			data[to++] = (byte) (keyLength >>> 8);
		}
		System.arraycopy(key, keyOffset, data, to, keyLength);
		to += keyLength;
		LONG.set(data, to, file);
		to += fileWidth;
		LONG.set(data, to, offset);
		to += offsetWidth(header);
		LONG.set(data, to, (long) entryLength);
		return to + entryLengthWidth - at;
	}

	/** Copies a record to a place with {@link #PADDING}. */
	static void copy(byte[] from, int at, byte[] to, int position, int size) {
		if (size > 64) {
			System.arraycopy(from, at, to, position, size);
			return;
		}
		for (int i = 0; i < size; i += Long.BYTES) {
			LONG.set(to, position + i, (long) LONG.get(from, at + i));
		}
	}

	/** The size of the record in bytes. */
	static int size(byte[] data, int at) {
		int header = data[at];
		return 1 + keyLengthWidth(header) + keyLength(data, at) + fileWidth(header) + offsetWidth(header)
				+ entryLengthWidth(header);
	}

	static int keyLength(byte[] data, int at) {
		int low = data[at + 1] & 0xff;
		return (keyLengthWidth(data[at]) == 1) ? low : low | (data[at + 2] & 0xff) << 8;
	}

	/** Where the key of a record begins. */
	static int keyAt(byte[] data, int at) {
		return at + 1 + keyLengthWidth(data[at]);
	}

	static boolean hasKey(byte[] data, int at, byte[] key, int keyOffset, int keyLength) {
		int from = keyAt(data, at);
		return keyLength(data, at) == keyLength
				&& Arrays.equals(data, from, from + keyLength, key, keyOffset, keyOffset + keyLength);
	}

	static long file(byte[] data, int at) {
		return number(data, keyAt(data, at) + keyLength(data, at), fileWidth(data[at]));
	}

	static long offset(byte[] data, int at) {
		int header = data[at];
		return number(data, keyAt(data, at) + keyLength(data, at) + fileWidth(header), offsetWidth(header));
	}

	static int entryLength(byte[] data, int at) {
		int header = data[at];
		int from = keyAt(data, at) + keyLength(data, at) + fileWidth(header) + offsetWidth(header);
		return (int) number(data, from, entryLengthWidth(header));
	}

	static boolean tombstone(byte[] data, int at) {
		return (data[at] & 1) != 0;
	}

	static Location location(byte[] data, int at) {
		int header = data[at];
		int from = keyAt(data, at) + keyLength(data, at);
		long file = number(data, from, fileWidth(header));
		from += fileWidth(header);
		long offset = number(data, from, offsetWidth(header));
		from += offsetWidth(header);
		return new Location(file, offset, (int) number(data, from, entryLengthWidth(header)), (header & 1) != 0);
	}

	private static long number(byte[] data, int at, int width) {
		return (long) LONG.get(data, at) & (-1L >>> (64 - 8 * width));
	}

	/** How many bytes a number takes that is not negative. */
	private static int width(long number) {
		return (71 - Long.numberOfLeadingZeros(number | 1)) >>> 3;
	}

	private static int keyLengthWidth(int header) {
		return (header >>> 1 & 1) + 1;
	}

	private static int fileWidth(int header) {
		return (header >>> 2 & 3) + 1;
	}

	private static int offsetWidth(int header) {
		int code = header >>> 4 & 3;
		return (code == 3) ? 6 : code + 2;
	}

	private static int entryLengthWidth(int header) {
		return (header >>> 6 & 3) + 1;
	}

}
