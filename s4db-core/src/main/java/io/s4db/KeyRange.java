package io.s4db;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Which keys a scan gives, in which direction, and how many at most. Keys are in the
 * order of their UTF-8 bytes, which is that of their code points: not that of
 * {@link String#compareTo}, where characters beyond U+FFFF are concerned.
 *
 * <pre>
 * KeyRange.all()
 * KeyRange.prefix("user/")
 * KeyRange.from("2026-01").to("2026-02")                  // not 2026-02 itself
 * KeyRange.prefix("user/").after("user/41").limit(100)    // the next page
 * KeyRange.prefix("log/").reversed().limit(10)            // the last ten
 * </pre>
 *
 * Immutable: each method gives another range, never a larger one.
 *
 * @param prefix what the keys begin with; empty for any
 * @param lower where they begin; null for the first key
 * @param lowerIncluded whether that is one of them
 * @param upper where they end; null for the last key
 * @param upperIncluded whether that is one of them
 * @param descending whether the last key comes first
 * @param limit how many there are at most; the first ones in the direction of the range
 */
public record KeyRange(String prefix, @Nullable String lower, boolean lowerIncluded, @Nullable String upper,
		boolean upperIncluded, boolean descending, long limit) {

	private static final KeyRange ALL = new KeyRange("", null, true, null, true, false, Long.MAX_VALUE);

	/**
	 * Makes a range of its parts.
	 * @throws IllegalArgumentException if the prefix is null, or the limit negative
	 */
	public KeyRange {
		given(prefix, "prefix");
		if (limit < 0) {
			throw new IllegalArgumentException("The limit must not be negative, but is " + limit);
		}
	}

	/** All keys. */
	public static KeyRange all() {
		return ALL;
	}

	/** The keys that begin so. */
	public static KeyRange prefix(String prefix) {
		return new KeyRange(prefix, null, true, null, true, false, Long.MAX_VALUE);
	}

	/** The keys from this one on, itself included. */
	public static KeyRange from(String key) {
		return ALL.withLower(key, true);
	}

	/** The keys from this one on, but not itself. */
	public static KeyRange fromExclusive(String key) {
		return ALL.withLower(key, false);
	}

	/** Those before this key, not itself. */
	public KeyRange to(String key) {
		return withUpper(key, false);
	}

	/** Those up to this key, itself included. */
	public KeyRange toInclusive(String key) {
		return withUpper(key, true);
	}

	/**
	 * Those that come after this key in the direction of the range: where the last page
	 * ended with this key, the next page.
	 */
	public KeyRange after(String key) {
		return this.descending ? withUpper(key, false) : withLower(key, false);
	}

	/** The same keys in the other direction. */
	public KeyRange reversed() {
		return new KeyRange(this.prefix, this.lower, this.lowerIncluded, this.upper, this.upperIncluded,
				!this.descending, this.limit);
	}

	/**
	 * So many of them at most, the first ones in the direction of the range.
	 * @throws IllegalArgumentException if it is negative
	 */
	public KeyRange limit(long keys) {
		return new KeyRange(this.prefix, this.lower, this.lowerIncluded, this.upper, this.upperIncluded,
				this.descending, (keys < 0) ? keys : Math.min(keys, this.limit));
	}

	private KeyRange withLower(String key, boolean included) {
		given(key, "key");
		int order = (this.lower != null) ? compare(key, this.lower) : 1;
		if (order < 0 || (order == 0 && !this.lowerIncluded)) {
			return this;
		}
		return new KeyRange(this.prefix, key, included, this.upper, this.upperIncluded, this.descending, this.limit);
	}

	private KeyRange withUpper(String key, boolean included) {
		given(key, "key");
		int order = (this.upper != null) ? compare(key, this.upper) : -1;
		if (order > 0 || (order == 0 && !this.upperIncluded)) {
			return this;
		}
		return new KeyRange(this.prefix, this.lower, this.lowerIncluded, key, included, this.descending, this.limit);
	}

	private static int compare(String one, String other) {
		return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
	}

	private static void given(@Nullable String string, String what) {
		if (string == null) {
			throw new IllegalArgumentException("The " + what + " is null");
		}
	}

}
