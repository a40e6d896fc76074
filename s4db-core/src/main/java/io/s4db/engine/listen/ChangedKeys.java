package io.s4db.engine.listen;

import java.nio.charset.StandardCharsets;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;

import io.s4db.format.Keys;
import io.s4db.index.KeyIndex;
import io.s4db.index.KeyLookup;
import io.s4db.index.KeyTable;
import io.s4db.index.Location;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a change is about, as compact as in any index, since there may be as many
 * as a database has: they are decoded only when they are looked at.
 */
public final class ChangedKeys {

	/** So many keys of a difference are always told: they take some MiB. */
	static final int FEW = 100_000;

	private final KeyIndex index;

	private int put;

	private int deleted;

	/**
	 * None yet.
	 * @param empty where they are kept
	 */
	public ChangedKeys(KeyIndex empty) {
		this.index = empty;
	}

	/**
	 * Adds what changes make of a state: without keys that stand where they stood, and
	 * those that go and were not there.
	 * @param changes where keys are by then; tombstones for those that are gone
	 * @param state where keys are before
	 */
	public void add(KeyIndex changes, KeyLookup state) {
		changes.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
			Location before = state.get(buffer, keyOffset, keyLength, hash);
			if (tombstone ? before != null : !isAt(before, file, offset)) {
				keep(buffer, keyOffset, keyLength, hash, tombstone);
			}
			else {
				drop(buffer, keyOffset, keyLength, hash);
			}
		});
	}

	/** As {@link #add}, where no key of the changes stands in a file of the state. */
	public void addOfOtherFiles(KeyIndex changes, KeyLookup state) {
		changes.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
			if (!tombstone || state.get(buffer, keyOffset, keyLength, hash) != null) {
				keep(buffer, keyOffset, keyLength, hash, tombstone);
			}
			else {
				drop(buffer, keyOffset, keyLength, hash);
			}
		});
	}

	/** Adds keys that were touched, as they are in the state that came of it. */
	public void addAsIn(KeyIndex touched, KeyLookup state) {
		touched.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> keep(buffer, keyOffset,
				keyLength, hash, state.get(buffer, keyOffset, keyLength, hash) == null));
	}

	/** Adds what changes say, whatever was before and came after. */
	public void addAll(KeyIndex changes) {
		changes.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> keep(buffer, keyOffset,
				keyLength, hash, tombstone));
	}

	/**
	 * Tells whether an entry is the one that stood elsewhere before.
	 */
	@FunctionalInterface
	public interface Moves {

		/** No entry moves. */
		Moves NONE = (before, file, length) -> false;

		/**
		 * Whether it is.
		 * @param before where the key's entry stood
		 * @param file the file in which the key's entry is now
		 * @param length its length
		 */
		boolean moved(Location before, long file, int length);

	}

	/**
	 * Adds what is different in two states.
	 * @param moves which entries are the same, though they stand elsewhere
	 * @return false if so much is that the keys would take a good part of the memory that
	 * the database takes: then they are not all here
	 */
	public boolean addDifference(KeyTable before, KeyTable now, Moves moves) {
		long limit = Math.max(FEW, now.size() / 8);
		long added = 0;
		KeyIndex.Cursor cursor = now.cursor();
		while (cursor.next()) {
			long hash = cursor.hash();
			Location location = before.get(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), hash);
			added += (location == null) ? 1 : 0;
			if (location == null || !(isAt(location, cursor.file(), cursor.offset())
					|| moves.moved(location, cursor.file(), cursor.entryLength()))) {
				keep(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), hash, false);
				if (this.put > limit) {
					return false;
				}
			}
		}
		return before.size() + added == now.size() || addGone(before, now, limit);
	}

	private boolean addGone(KeyTable before, KeyTable now, long limit) {
		KeyIndex.Cursor cursor = before.cursor();
		while (cursor.next()) {
			long hash = cursor.hash();
			if (now.get(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), hash) == null) {
				keep(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), hash, true);
				if (this.deleted > limit) {
					return false;
				}
			}
		}
		return true;
	}

	private static boolean isAt(@Nullable Location location, long file, long offset) {
		return location != null && location.file() == file && location.offset() == offset;
	}

	private void keep(byte[] buffer, int keyOffset, int keyLength, long hash, boolean tombstone) {
		count(this.index.put(buffer, keyOffset, keyLength, hash, 0, 0, 0, tombstone), -1);
		count(tombstone, 1);
	}

	/** Of several changes, the last one decides. */
	private void drop(byte[] buffer, int keyOffset, int keyLength, long hash) {
		count(this.index.remove(buffer, keyOffset, keyLength, hash), -1);
	}

	private void count(@Nullable Location before, int by) {
		if (before != null) {
			count(before.tombstone(), by);
		}
	}

	private void count(boolean tombstone, int by) {
		if (tombstone) {
			this.deleted += by;
		}
		else {
			this.put += by;
		}
	}

	/** Whether there are none. */
	public boolean isEmpty() {
		return this.put == 0 && this.deleted == 0;
	}

	/** Those that have a value. Nothing may be added any more. */
	public Set<String> put() {
		return (this.put > 0) ? new View(this.index, false, this.put) : Set.of();
	}

	/** Those that have none any more. Nothing may be added any more. */
	public Set<String> deleted() {
		return (this.deleted > 0) ? new View(this.index, true, this.deleted) : Set.of();
	}

	private static final class View extends AbstractSet<String> {

		private final KeyIndex index;

		private final boolean tombstones;

		private final int size;

		private View(KeyIndex index, boolean tombstones, int size) {
			this.index = index;
			this.tombstones = tombstones;
			this.size = size;
		}

		@Override
		public int size() {
			return this.size;
		}

		@Override
		public boolean contains(Object key) {
			if (!(key instanceof String string)) {
				return false;
			}
			Location location = this.index.get(Keys.encode(string));
			return location != null && location.tombstone() == this.tombstones;
		}

		@Override
		public Iterator<String> iterator() {
			return new Decoding(this.index.cursor(), this.tombstones, this.size);
		}

	}

	private static final class Decoding implements Iterator<String> {

		private final KeyIndex.Cursor cursor;

		private final boolean tombstones;

		private int left;

		private Decoding(KeyIndex.Cursor cursor, boolean tombstones, int size) {
			this.cursor = cursor;
			this.tombstones = tombstones;
			this.left = size;
		}

		@Override
		public boolean hasNext() {
			return this.left > 0;
		}

		@Override
		public String next() {
			while (this.left > 0 && this.cursor.next()) {
				if (this.cursor.tombstone() == this.tombstones) {
					this.left--;
					return new String(this.cursor.buffer(), this.cursor.keyOffset(), this.cursor.keyLength(),
							StandardCharsets.UTF_8);
				}
			}
			throw new NoSuchElementException();
		}

	}

}
