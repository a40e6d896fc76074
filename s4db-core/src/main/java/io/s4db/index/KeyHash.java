package io.s4db.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A seeded 64-bit hash of bytes: words of eight bytes are masked with secrets that follow
 * from the seed, multiplied to 128 bits, and both halves folded into one.
 * <p>
 * It is fast and spreads every bit of the key over all bits of the hash. It is no
 * cryptographic hash: who knows the seed can make keys that collide, which is why the
 * index goes on with {@link #next()} where too many keys share a hash.
 */
final class KeyHash {

	private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

	/**
	 * The fractional part of the golden ratio; an odd number with its bits well mixed.
	 */
	private static final long GOLDEN = 0x9E3779B97F4A7C15L;

	private final int generation;

	private final long secretA;

	private final long secretB;

	private final long secretC;

	private final long secretD;

	KeyHash(long seed) {
		this(seed, 0);
	}

	private KeyHash(long seed, int generation) {
		this.generation = generation;
		this.secretA = spread(seed);
		this.secretB = spread(this.secretA + seed);
		this.secretC = spread(this.secretB + seed);
		this.secretD = spread(this.secretC + seed);
	}

	/** How many times {@link #next()} was called to come here. */
	int generation() {
		return this.generation;
	}

	/** A hash that has nothing in common with this one but that it follows from it. */
	KeyHash next() {
		return new KeyHash(this.secretA ^ Long.rotateLeft(this.secretD, 32), this.generation + 1);
	}

	long of(byte[] key, int offset, int length) {
		long state = this.secretA ^ length;
		int at = offset;
		int left = length;
		while (left > 16) {
			state = fold((long) LONG.get(key, at) ^ this.secretB, (long) LONG.get(key, at + 8) ^ state);
			at += 16;
			left -= 16;
		}
		long first = 0;
		long second = 0;
		if (left >= 8) {
			first = (long) LONG.get(key, at);
			second = (long) LONG.get(key, at + left - 8);
		}
		else if (left >= 4) {
			first = (int) INT.get(key, at);
			second = (int) INT.get(key, at + left - 4);
		}
		else {
			for (int i = 0; i < left; i++) {
				first = first << 8 | (key[at + i] & 0xff);
			}
		}
		return fold(fold(first ^ this.secretC, second ^ state) ^ this.secretD, this.secretB ^ length);
	}

	/** A key of 16 bytes whose hash is the same whatever its last 8 bytes are. */
	byte[] weakKey(long last) {
		byte[] key = new byte[16];
		LONG.set(key, 0, this.secretC);
		LONG.set(key, 8, last);
		return key;
	}

	private static long fold(long a, long b) {
		// The high half of the unsigned product, from that of the signed one.
		long high = Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
		return high ^ (a * b);
	}

	/** Spreads every bit of a number over all bits of another. */
	private static long spread(long value) {
		long mixed = fold(value ^ GOLDEN, 0xD6E8FEB86659FD93L);
		return fold(mixed ^ (mixed >>> 29), 0xA0761D6478BD642FL) | 1;
	}

}
