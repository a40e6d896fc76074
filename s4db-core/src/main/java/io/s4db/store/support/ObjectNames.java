package io.s4db.store.support;

import java.util.Comparator;

/**
 * What names of objects may be, and their order.
 */
public final class ObjectNames {

	/**
	 * The order in which S3 lists: that of the UTF-8 bytes. Differs from that of
	 * {@link String} where a surrogate meets a character above the surrogates.
	 */
	public static final Comparator<String> ORDER = ObjectNames::compare;

	private ObjectNames() {
	}

	/**
	 * Returns the name if it can be one.
	 * @throws IllegalArgumentException if it is empty or contains a slash
	 */
	public static String check(String name) {
		if (name.isEmpty() || name.indexOf('/') >= 0) {
			throw new IllegalArgumentException("An object's name is not empty and contains no slash: '" + name + "'");
		}
		return name;
	}

	/**
	 * Checks a range.
	 * @throws IllegalArgumentException if offset or length is negative
	 */
	public static void checkRange(String name, long offset, long length) {
		check(name);
		if (offset < 0 || length < 0) {
			throw new IllegalArgumentException(
					"Not a range: offset " + offset + ", length " + length + " of '" + name + "'");
		}
	}

	private static int compare(String left, String right) {
		int common = Math.min(left.length(), right.length());
		for (int i = 0; i < common; i++) {
			char a = left.charAt(i);
			char b = right.charAt(i);
			if (a != b) {
				return Integer.compare(rank(a), rank(b));
			}
		}
		return Integer.compare(left.length(), right.length());
	}

	/** Puts surrogates, which stand for code points beyond all others, last. */
	private static int rank(char c) {
		return Character.isSurrogate(c) ? c + 0x10000 : c;
	}

}
