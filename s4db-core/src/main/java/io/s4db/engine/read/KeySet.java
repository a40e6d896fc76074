package io.s4db.engine.read;

import java.nio.charset.StandardCharsets;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

import io.s4db.KeyRange;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Layers;
import io.s4db.format.Keys;
import io.s4db.index.KeyIndex;
import org.jspecify.annotations.Nullable;

/**
 * A view of the live keys.
 */
public final class KeySet extends AbstractSet<String> {

	private final Database database;

	private final KeyOrder order;

	private final EntryReader reader;

	public KeySet(Database database, KeyOrder order, EntryReader reader) {
		this.database = database;
		this.order = order;
		this.reader = reader;
	}

	@Override
	public int size() {
		return (int) Math.min(Integer.MAX_VALUE, this.reader.size());
	}

	@Override
	public boolean contains(Object key) {
		if (!(key instanceof String string)) {
			return false;
		}
		return this.reader.find(Keys.encode(string)) != null;
	}

	/**
	 * Where nothing is pending, the committed index itself; else a copy. From the base in
	 * order, a page at a time.
	 */
	@Override
	public Iterator<String> iterator() {
		this.database.checkOpen();
		Layers layers = this.database.layers();
		if (layers.committed().isOnBase()) {
			return new RangeKeys(this.database, this.order, this.reader, KeyRange.all());
		}
		if (layers.onlyCommitted()) {
			return new Keyed(layers.committed().index().cursor());
		}
		return Collections.unmodifiableList(collect(this.database)).iterator();
	}

	/** The live keys. */
	private static List<String> collect(Database database) {
		List<String> keys = new ArrayList<>();
		database.structure.readLock().lock();
		try {
			database.layers()
				.forEachKey((buffer, keyOffset, keyLength) -> keys
					.add(new String(buffer, keyOffset, keyLength, StandardCharsets.UTF_8)));
		}
		finally {
			database.structure.readLock().unlock();
		}
		return keys;
	}

	/** The keys of one index. */
	private static final class Keyed implements Iterator<String> {

		private final KeyIndex.Cursor cursor;

		private @Nullable String next;

		private Keyed(KeyIndex.Cursor cursor) {
			this.cursor = cursor;
			advance();
		}

		private void advance() {
			this.next = this.cursor.next() ? new String(this.cursor.buffer(), this.cursor.keyOffset(),
					this.cursor.keyLength(), StandardCharsets.UTF_8) : null;
		}

		@Override
		public boolean hasNext() {
			return this.next != null;
		}

		@Override
		public String next() {
			String key = this.next;
			if (key == null) {
				throw new NoSuchElementException();
			}
			advance();
			return key;
		}

	}

	/** The keys that begin so, in order. */
	public static Set<String> withPrefix(Database database, KeyOrder order, EntryReader reader, String prefix) {
		Set<String> keys = new LinkedHashSet<>();
		new RangeKeys(database, order, reader, KeyRange.prefix(prefix)).forEachRemaining(keys::add);
		return Collections.unmodifiableSet(keys);
	}

}
