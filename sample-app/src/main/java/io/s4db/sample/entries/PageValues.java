package io.s4db.sample.entries;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.s4db.spring.S4DBTemplate;

/**
 * Reads the values of a page, as many as are worth one answer.
 */
final class PageValues {

	/** A page ends with the value that makes its values longer than this. */
	static final int MAX_CHARS = 16 << 20;

	private static final int KEYS_AT_A_TIME = 16;

	private final S4DBTemplate database;

	private final Map<String, String> values = new LinkedHashMap<>();

	private int done;

	PageValues(S4DBTemplate database) {
		this.database = database;
	}

	/** Reads the values of the first of the keys, of all if they are small. */
	void read(List<String> keys) {
		ValueBatches batches = new ValueBatches(this.database, keys, KEYS_AT_A_TIME);
		long chars = 0;
		while (batches.hasNext() && chars <= MAX_CHARS) {
			Map<String, String> batch = batches.next();
			this.values.putAll(batch);
			chars += batch.values().stream().mapToLong(String::length).sum();
		}
		this.done = batches.done();
	}

	/** Of how many keys the values were read, whether they still had one or not. */
	int done() {
		return this.done;
	}

	Map<String, String> values() {
		return this.values;
	}

}
