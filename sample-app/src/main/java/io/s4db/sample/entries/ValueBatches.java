package io.s4db.sample.entries;

import java.util.List;
import java.util.Map;

import io.s4db.spring.S4DBTemplate;

/**
 * Reads the values of keys, some at a time. Nobody knows how large a value is before it
 * is read: it begins with one key, doubles, and goes on with few where values are large.
 */
final class ValueBatches {

	/** What the values of one batch should have at most, if they are as those before. */
	private static final int BATCH_CHARS = 1 << 20;

	private final S4DBTemplate database;

	private final List<String> keys;

	private final int most;

	private int atATime = 1;

	private int done;

	/**
	 * Reads nothing yet.
	 * @param most how many keys to read at once at most
	 */
	ValueBatches(S4DBTemplate database, List<String> keys, int most) {
		this.database = database;
		this.keys = keys;
		this.most = most;
	}

	boolean hasNext() {
		return this.done < this.keys.size();
	}

	/** The next of the keys, those that still have a value, with it. */
	Map<String, String> next() {
		int end = Math.min(this.keys.size(), this.done + this.atATime);
		Map<String, String> batch = this.database.getAll(this.keys.subList(this.done, end));
		this.done = end;
		int largest = batch.values().stream().mapToInt(String::length).max().orElse(0);
		int fitting = BATCH_CHARS / Math.max(1, largest);
		this.atATime = Math.max(1, Math.min(Math.min(this.most, fitting), this.atATime * 2));
		return batch;
	}

	/** Of how many keys the values were read, whether they still had one or not. */
	int done() {
		return this.done;
	}

}
