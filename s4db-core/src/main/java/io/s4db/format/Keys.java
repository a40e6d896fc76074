package io.s4db.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Keys and values as UTF-8.
 *
 * <p>
 * Keys that begin with {@code U+0000 s4db.} are reserved: a tombstone for such a key
 * means nothing to the reference, so that footers and batch marks can stand in data files
 * unseen by it.
 */
public final class Keys {

	/** The longest key, in bytes: the index has 16 bits for it. */
	public static final int MAX_LENGTH = 65_535;

	private static final byte[] RESERVED = "\u0000s4db.".getBytes(StandardCharsets.US_ASCII);

	static final byte[] BATCH = "\u0000s4db.batch".getBytes(StandardCharsets.US_ASCII);

	static final byte[] FOOTER = "\u0000s4db.footer".getBytes(StandardCharsets.US_ASCII);

	private Keys() {
	}

	/**
	 * The bytes of a key to be written or looked up.
	 * @throws IllegalArgumentException if it has no UTF-8 form, is too long, or reserved
	 */
	public static byte[] encode(String key) {
		byte[] bytes = utf8(key, "key");
		if (bytes.length > MAX_LENGTH) {
			throw new IllegalArgumentException("A key takes at most " + MAX_LENGTH + " bytes of UTF-8, but \""
					+ key.substring(0, Character.isHighSurrogate(key.charAt(31)) ? 31 : 32) + "…\" takes "
					+ bytes.length);
		}
		if (isReserved(bytes, 0, bytes.length)) {
			throw new IllegalArgumentException("Keys that begin with U+0000 and \"s4db.\" are reserved");
		}
		return bytes;
	}

	/**
	 * The bytes of a string.
	 * @param what what it is, for the message
	 * @throws IllegalArgumentException if it is null or has an unpaired surrogate
	 */
	public static byte[] utf8(String string, String what) {
		byte[] bytes = given(string, what).getBytes(StandardCharsets.UTF_8);
		// Whatever cannot be encoded becomes a '?', so that only strings that are not
		// ASCII, or have one, need a closer look.
		if (bytes.length != string.length() || !string.equals(new String(bytes, StandardCharsets.ISO_8859_1))) {
			checkSurrogates(string, what);
		}
		return bytes;
	}

	/**
	 * What a caller must give.
	 * @throws IllegalArgumentException if it is null: it is as wrong as any other bad
	 * value
	 */
	public static <T> T given(@Nullable T argument, String what) {
		if (argument == null) {
			throw new IllegalArgumentException("The " + what + " is null");
		}
		return argument;
	}

	private static void checkSurrogates(String string, String what) {
		for (int i = 0; i < string.length(); i++) {
			char c = string.charAt(i);
			if (Character.isSurrogate(c)) {
				if (Character.isHighSurrogate(c) && i + 1 < string.length()
						&& Character.isLowSurrogate(string.charAt(i + 1))) {
					i++;
				}
				else {
					throw new IllegalArgumentException("The " + what + " has an unpaired surrogate at index " + i
							+ " and therefore no UTF-8 form");
				}
			}
		}
	}

	/** Whether a key is one that only s4db itself writes. */
	public static boolean isReserved(byte[] bytes, int offset, int length) {
		return length >= RESERVED.length && bytes[offset] == 0
				&& Arrays.equals(bytes, offset, offset + RESERVED.length, RESERVED, 0, RESERVED.length);
	}

}
