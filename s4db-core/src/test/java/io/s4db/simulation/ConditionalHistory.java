package io.s4db.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * What all processes wrote on conditions, and what was said of it. Each value is written
 * once, in the place of one that was expected: so what a key is given, one after the
 * other, is a path in a tree, and every value that was said to be written lies on it.
 */
final class ConditionalHistory {

	private static final String PREFIX = "if/";

	private static final int KEYS = 6;

	/** By key, then by value. */
	private final Map<String, Map<String, Attempt>> attempts = new TreeMap<>();

	/** Somebody tries to write a value where there is another, or none. */
	private static final class Attempt {

		private final @Nullable String expected;

		/** Null while nobody was told. */
		private @Nullable Boolean written;

		private Attempt(@Nullable String expected) {
			this.expected = expected;
		}

	}

	static String key(int dice) {
		return PREFIX + dice % KEYS;
	}

	static boolean isConditional(String key) {
		return key.startsWith(PREFIX);
	}

	/** The same, as of now. */
	ConditionalHistory copy() {
		ConditionalHistory copy = new ConditionalHistory();
		this.attempts.forEach((key, all) -> all.forEach((value, attempt) -> {
			Attempt same = new Attempt(attempt.expected);
			same.written = attempt.written;
			copy.of(key).put(value, same);
		}));
		return copy;
	}

	/** Whether anybody tried to write it. */
	boolean isTried(String key, String value) {
		return of(key).containsKey(value);
	}

	private Map<String, Attempt> of(String key) {
		return this.attempts.computeIfAbsent(key, (name) -> new LinkedHashMap<>());
	}

	/** Somebody tries. Whether it is written is not known, if nobody says so. */
	void tries(String key, @Nullable String expected, String value) {
		of(key).put(value, new Attempt(expected));
	}

	/** Somebody is told whether it was written. */
	void told(String key, String value, boolean written) {
		Attempt attempt = of(key).get(value);
		attempt.written = written;
		Set<String> before = path(key, attempt.expected);
		boolean others = false;
		for (Map.Entry<String, Attempt> entry : of(key).entrySet()) {
			Attempt other = entry.getValue();
			if (other == attempt || Boolean.FALSE.equals(other.written)) {
				continue;
			}
			others |= !before.contains(entry.getKey());
			if (written && Boolean.TRUE.equals(other.written)
					&& java.util.Objects.equals(other.expected, attempt.expected)) {
				throw new AssertionError(
						"Two were told that they wrote " + key + " where there was " + Client.brief(attempt.expected)
								+ ": " + Client.brief(entry.getKey()) + " and " + Client.brief(value));
			}
		}
		if (!written && !others) {
			throw new AssertionError(Client.brief(value) + " was refused for " + key + ", though nobody else wrote it");
		}
	}

	/** The value, and what was there before it. */
	private Set<String> path(String key, @Nullable String value) {
		Set<String> path = new HashSet<>();
		String at = value;
		while (at != null && path.add(at)) {
			at = of(key).get(at).expected;
		}
		return path;
	}

	/** What somebody sees. */
	void check(String who, Map<String, String> view) {
		view.forEach((key, value) -> {
			if (isConditional(key)) {
				Attempt attempt = of(key).get(value);
				if (attempt == null || Boolean.FALSE.equals(attempt.written)) {
					throw new AssertionError(who + " sees " + key + " = " + Client.brief(value)
							+ ((attempt == null) ? ", which nobody wrote" : ", which was refused"));
				}
			}
		});
	}

	/** Who was told that it is written sees it, or what came after. */
	void checkWritten(String key, String value, @Nullable String seen) {
		if (!path(key, seen).contains(value)) {
			throw new AssertionError(key + " = " + Client.brief(value) + " is written, but is " + Client.brief(seen));
		}
	}

	/** What everybody sees in the end. */
	void checkAgreed(Map<String, String> view) {
		check("everybody", view);
		Map<String, Map<String, Attempt>> all = new HashMap<>(this.attempts);
		all.forEach((key, values) -> values.forEach((value, attempt) -> {
			if (Boolean.TRUE.equals(attempt.written)) {
				checkWritten(key, value, view.get(key));
			}
		}));
	}

}
