package io.s4db.sample.entries;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.s4db.spring.S4DBTemplate;

/**
 * Reads the values of a page, as many as are worth one answer. Nobody knows how large a
 * value is before it is read: a few keys at a time, then, and one at a time where values
 * are large.
 */
final class PageValues {

	/** A page ends with the value that makes its values longer than this. */
	static final int MAX_CHARS = 16 << 20;

	private static final int KEYS_AT_A_TIME = 16;

	/** Values that are on the average longer than this are large. */
	private static final int LARGE = 64 << 10;

	private final S4DBTemplate database;

	private final Map<String, String> values = new LinkedHashMap<>();

	private long chars;

	private int done;

	PageValues(S4DBTemplate database) {
		this.database = database;
	}

	/** Reads the values of the first of the keys, of all if they are small. */
	void read(List<String> keys) {
		int atATime = 1;
		while (this.done < keys.size() && this.chars <= MAX_CHARS) {
			int end = Math.min(keys.size(), this.done + atATime);
			long before = this.chars;
			add(this.database.getAll(keys.subList(this.done, end)));
			boolean large = this.chars - before > (long) LARGE * (end - this.done);
			atATime = large ? 1 : Math.min(KEYS_AT_A_TIME, atATime * 2);
			this.done = end;
		}
	}

	private void add(Map<String, String> more) {
		this.values.putAll(more);
		more.values().forEach((value) -> this.chars += value.length());
	}

	/** Of how many keys the values were read, whether they still had one or not. */
	int done() {
		return this.done;
	}

	Map<String, String> values() {
		return this.values;
	}

}
