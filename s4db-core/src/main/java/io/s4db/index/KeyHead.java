package io.s4db.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight bytes of a key as one number, and zeros where the key has ended before. Numbers
 * that differ, unsigned, are in the order of the keys, if what comes before them is the
 * same; if they are equal the keys may differ all the same, in what comes after them or
 * in zeros at the end.
 */
final class KeyHead {

	private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	private KeyHead() {
	}

	/** That of so many bytes, of any array. */
	static long of(byte[] key, int offset, int length) {
		if (length >= Long.BYTES) {
			return (long) LONG.get(key, offset);
		}
		long head = 0;
		for (int i = 0; i < length; i++) {
			head |= (key[offset + i] & 0xffL) << (56 - 8 * i);
		}
		return head;
	}

	/** As {@link #of}, of an array that goes on for eight bytes from there. */
	static long within(byte[] key, int offset, int length) {
		return cut((long) LONG.get(key, offset), length);
	}

	/** Makes zeros of what does not belong to a key that ends after so many bytes. */
	static long cut(long bytes, int length) {
		if (length >= Long.BYTES) {
			return bytes;
		}
		return (length > 0) ? bytes & (-1L << (64 - 8 * length)) : 0;
	}

	/** Whether the first comes before the second. */
	static boolean isLess(long head, long other) {
		return head + Long.MIN_VALUE < other + Long.MIN_VALUE;
	}

}
