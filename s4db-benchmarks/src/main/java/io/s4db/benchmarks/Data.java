package io.s4db.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The data that every side gets: keys of 16 bytes and values of alphanumeric characters,
 * both at random and yet known from an id, so that nothing has to be kept.
 */
final class Data {

	/** Characters of a value, unless said otherwise. */
	static final int VALUE_LENGTH = 256;

	private static final String DIGITS = "0123456789abcdef";

	private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	/** Values are pieces of this. */
	private static final String POOL = pool(16 << 20);

	private Data() {
	}

	private static String pool(int length) {
		SplittableRandom random = new SplittableRandom(42);
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
		}
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	/** Spreads the bits of an id; different ids give different numbers. */
	static long mix(long id) {
		long z = id + 0x9E3779B97F4A7C15L;
		z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
		z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
		return z ^ (z >>> 31);
	}

	/** The key of an id: 16 characters. */
	@SuppressWarnings("deprecation") // the only way that does not look at each character
	static String key(long id) {
		long bits = mix(id);
		byte[] bytes = new byte[16];
		for (int i = 0; i < 16; i++) {
			bytes[i] = (byte) DIGITS.charAt((int) (bits >>> (4 * i)) & 15);
		}
		return new String(bytes, 0);
	}

	/** The value of an id. */
	static String value(long id) {
		return value(id, VALUE_LENGTH);
	}

	static String value(long id, int length) {
		int at = (int) Math.floorMod(mix(id ^ 0x5DEECE66DL), (long) POOL.length() - length);
		return POOL.substring(at, at + length);
	}

	/** The pairs of some ids, in order. */
	static Map<String, String> batch(long from, int count, int valueLength) {
		Map<String, String> batch = new LinkedHashMap<>(count * 2);
		for (long id = from; id < from + count; id++) {
			batch.put(key(id), value(id, valueLength));
		}
		return batch;
	}

}
