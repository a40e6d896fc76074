package io.s4db.index;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A contiguous part of all keys, in the order of their bytes.
 *
 * @param from where it begins, inclusive
 * @param to where it ends, exclusive; null where it has no end
 */
@SuppressWarnings("ArrayRecordComponent")
public record KeyBounds(byte[] from, byte @Nullable [] to) {

	/** All keys. */
	public static final KeyBounds ALL = new KeyBounds(new byte[0], null);

	/** The keys that begin so. */
	public static KeyBounds prefix(byte[] prefix) {
		return new KeyBounds(prefix, afterPrefix(prefix));
	}

	/** The first key behind all that begin so; null if there is none. */
	private static byte @Nullable [] afterPrefix(byte[] prefix) {
		for (int i = prefix.length - 1; i >= 0; i--) {
			if (prefix[i] != (byte) 0xff) {
				byte[] after = Arrays.copyOf(prefix, i + 1);
				after[i]++;
				return after;
			}
		}
		return null;
	}

	/** The key that comes right after this one, whether there is such a key or not. */
	public static byte[] successor(byte[] key) {
		return Arrays.copyOf(key, key.length + 1);
	}

	/** Whether no key is within. */
	public boolean isEmpty() {
		return this.to != null && Arrays.compareUnsigned(this.from, this.to) >= 0;
	}

	/** The part of this from a key on. */
	public KeyBounds startingAt(byte[] key) {
		return (Arrays.compareUnsigned(key, this.from) > 0) ? new KeyBounds(key, this.to) : this;
	}

	/** The part of this before a key. */
	public KeyBounds endingBefore(byte[] key) {
		return isBeforeEnd(key) ? new KeyBounds(this.from, key) : this;
	}

	/** Whether a key is within. */
	public boolean contains(byte[] buffer, int offset, int length) {
		return isAfterBegin(buffer, offset, length) && isBeforeEnd(buffer, offset, length);
	}

	private boolean isBeforeEnd(byte[] key) {
		return isBeforeEnd(key, 0, key.length);
	}

	/** Whether a key comes before the end. */
	boolean isBeforeEnd(byte[] buffer, int offset, int length) {
		return this.to == null
				|| Arrays.compareUnsigned(buffer, offset, offset + length, this.to, 0, this.to.length) < 0;
	}

	/** Whether a key does not come before the beginning. */
	boolean isAfterBegin(byte[] buffer, int offset, int length) {
		return Arrays.compareUnsigned(buffer, offset, offset + length, this.from, 0, this.from.length) >= 0;
	}

}
