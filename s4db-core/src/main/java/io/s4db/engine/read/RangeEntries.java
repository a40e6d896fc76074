package io.s4db.engine.read;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.function.BiFunction;

import io.s4db.EntryIterator;
import io.s4db.KeyRange;
import io.s4db.S4DBObserver.OperationObservation;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Found;
import io.s4db.engine.state.IoPool;
import io.s4db.format.Keys;
import org.jspecify.annotations.Nullable;

/**
 * The live pairs of a range of keys, in order: some keys at a time. What is in local
 * files is read as it comes, the others together as {@link EntryReader#getAll} does,
 * neighbours as one range. Few at first, and more each time, so that one who wants only
 * the first ones does not wait for the others; but many at once where a read is a
 * request. Between two pairs nothing is held: a compaction or a commit may move
 * everything. Where a request fails, the next call makes it again.
 */
public final class RangeEntries<V> implements EntryIterator<V> {

	private static final int FIRST_KEYS = 16;

	private static final int MOST_KEYS = 1024;

	/** Entries that are read at once, compressed, unless one alone is larger. */
	private static final int MOST_BYTES = 2 << 20;

	/** Of one walk so much is kept on disk: more is a pass over much. */
	private static final int MOST_KEPT = 1 << 20;

	private final EntryReader reader;

	private final BiFunction<String, byte[], V> decoder;

	private final RangeKeys keys;

	private final Queue<Pair> read = new ArrayDeque<>();

	/** Those that are read next, as long as not all of them are. */
	private final List<Pair> chosen = new ArrayList<>();

	/** How many bytes the entries of these have. */
	private long chosenBytes;

	/** The same of all that were read. */
	private long bytes;

	/** A key that was looked at and did not fit, or could not be read. */
	private byte @Nullable [] waiting;

	private long left;

	private int atOnce = FIRST_KEYS;

	private boolean closed;

	/** A key, and its value once it is read. */
	private static final class Pair {

		private final String name;

		private final byte[] key;

		private byte @Nullable [] value;

		private Pair(byte[] key, byte @Nullable [] value) {
			this.name = new String(key, StandardCharsets.UTF_8);
			this.key = key;
			this.value = value;
		}

	}

	/**
	 * @param decoder makes a value of its bytes
	 * @throws IllegalArgumentException if the range has a string without a UTF-8 form
	 */
	public RangeEntries(Database database, KeyOrder order, EntryReader reader, KeyRange range,
			BiFunction<String, byte[], V> decoder) {
		this.reader = reader;
		this.decoder = decoder;
		// Keys that are deleted before their values are read do not count.
		this.left = Keys.given(range, "range").limit();
		this.keys = new RangeKeys(database, order, reader, unlimited(range));
	}

	private static KeyRange unlimited(KeyRange range) {
		long limit = (range.limit() == 0) ? 0 : Long.MAX_VALUE;
		return new KeyRange(range.prefix(), range.lower(), range.lowerIncluded(), range.upper(), range.upperIncluded(),
				range.descending(), limit);
	}

	@Override
	public boolean hasNext() {
		if (this.closed) {
			return false;
		}
		while (this.read.isEmpty() && this.left > 0) {
			IoPool.checkInterrupted();
			choose();
			if (this.chosen.isEmpty()) {
				break;
			}
			readTogether(this.chosen.stream().filter((pair) -> pair.value == null).toList());
			// One that was deleted meanwhile has no value.
			this.chosen.stream().filter((pair) -> pair.value != null).forEach(this.read::add);
			this.chosen.clear();
			this.bytes += this.chosenBytes;
			this.chosenBytes = 0;
			this.atOnce = Math.min(this.atOnce * 2, MOST_KEYS);
		}
		return !this.read.isEmpty();
	}

	/** The pairs that are read next; those in local files are. */
	private void choose() {
		while (this.chosen.size() < Math.min(this.atOnce, this.left) && (this.waiting != null || this.keys.hasNext())) {
			byte[] key = (this.waiting != null) ? this.waiting : this.keys.nextBytes();
			this.waiting = key;
			Found found = this.keys.found();
			int length = found.location().length();
			if (this.chosenBytes + length > MOST_BYTES && !this.chosen.isEmpty()) {
				break;
			}
			Pair pair = new Pair(key, this.reader.local(key, found));
			if (pair.value == null) {
				this.atOnce = MOST_KEYS;
			}
			this.chosen.add(pair);
			this.chosenBytes += length;
			this.waiting = null;
		}
	}

	private void readTogether(List<Pair> pairs) {
		if (pairs.isEmpty()) {
			return;
		}
		Map<String, byte[]> keys = new LinkedHashMap<>();
		pairs.forEach((pair) -> keys.put(pair.name, pair.key));
		Map<String, byte[]> values = this.reader.getAll(keys.keySet(), keys, this.bytes + this.chosenBytes <= MOST_KEPT,
				OperationObservation.NONE);
		pairs.forEach((pair) -> pair.value = values.get(pair.name));
	}

	@Override
	public Map.Entry<String, V> next() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		Pair pair = this.read.remove();
		this.left--;
		return Map.entry(pair.name, this.decoder.apply(pair.name, Objects.requireNonNull(pair.value)));
	}

	@Override
	public void close() {
		this.closed = true;
		this.read.clear();
		this.chosen.clear();
		this.keys.close();
	}

}
