package io.s4db.engine.read;

import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;

import io.s4db.DatabaseReplacedException;
import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Found;
import io.s4db.format.Keys;
import io.s4db.index.KeyBounds;
import io.s4db.index.KeyCursor;
import io.s4db.index.PageWindow;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a range that have a value, in order. Each is looked up when its turn comes.
 * No lock is held between two keys. Where that takes requests and one fails, the next
 * call goes on at the same key.
 */
public final class RangeKeys implements KeyIterator {

	private final Database database;

	private final KeyOrder order;

	private final EntryReader reader;

	/** Which history it shows. */
	private final int histories;

	private final KeyBounds bounds;

	private final boolean descending;

	private final PageWindow window = new PageWindow();

	/** Null where a failure left it nobody knows where. */
	private @Nullable KeyCursor cursor;

	/** The key that the cursor gave last. */
	private byte @Nullable [] last;

	/** The same, as long as it was not looked up. */
	private byte @Nullable [] candidate;

	private long left;

	private byte @Nullable [] next;

	private @Nullable Found found;

	/**
	 * @throws IllegalArgumentException if the range has a string without a UTF-8 form
	 */
	public RangeKeys(Database database, KeyOrder order, EntryReader reader, KeyRange range) {
		this.database = database;
		this.order = order;
		this.reader = reader;
		this.bounds = bounds(Keys.given(range, "range"));
		this.descending = range.descending();
		this.histories = database.histories();
		this.left = range.limit();
		this.cursor = KeyCursor.NONE;
		if (this.left > 0 && !this.bounds.isEmpty()) {
			this.cursor = this.reader.ofIndex(this::rest);
		}
	}

	/** What is left, in what is there now. */
	private KeyCursor rest() {
		byte[] before = this.last;
		KeyBounds rest = this.bounds;
		if (before != null) {
			rest = this.descending ? rest.endingBefore(before) : rest.startingAt(KeyBounds.successor(before));
		}
		return this.order.cursor(rest, this.descending, this.left, this.window);
	}

	private static KeyBounds bounds(KeyRange range) {
		KeyBounds bounds = KeyBounds.prefix(Keys.utf8(range.prefix(), "prefix"));
		String lower = range.lower();
		if (lower != null) {
			byte[] key = Keys.utf8(lower, "key");
			bounds = bounds.startingAt(range.lowerIncluded() ? key : KeyBounds.successor(key));
		}
		String upper = range.upper();
		if (upper != null) {
			byte[] key = Keys.utf8(upper, "key");
			bounds = bounds.endingBefore(range.upperIncluded() ? KeyBounds.successor(key) : key);
		}
		return bounds;
	}

	@Override
	public boolean hasNext() {
		if (this.next == null) {
			advance();
		}
		return this.next != null;
	}

	private void advance() {
		if (this.left == 0) {
			return;
		}
		checkUsable();
		long dead = 0;
		byte[] key = nextKey();
		while (key != null) {
			this.candidate = key;
			Found found = this.reader.find(key, this.window);
			this.candidate = null;
			if (found != null) {
				this.found = found;
				this.next = key;
				break;
			}
			dead++;
			key = nextKey();
		}
		if (dead > 0) {
			this.order.met(dead);
		}
		if (key == null) {
			close();
		}
		else {
			this.left--;
		}
	}

	/** From the base of now, if the one it came from so far is gone. */
	private byte @Nullable [] nextKey() {
		if (this.candidate != null) {
			return this.candidate;
		}
		try {
			return step();
		}
		catch (ObjectNotFoundException ex) {
			this.reader.refresh(ex);
			checkUsable();
			return step();
		}
	}

	private byte @Nullable [] step() {
		KeyCursor walk = this.cursor;
		this.cursor = null;
		if (walk == null) {
			walk = rest();
		}
		byte[] key = walk.next();
		this.cursor = walk;
		this.last = (key != null) ? key : this.last;
		return key;
	}

	private void checkUsable() {
		this.database.checkOpen();
		try {
			this.database.checkHistory(this.histories, "scan", "Scan");
		}
		catch (DatabaseReplacedException ex) {
			close();
			throw ex;
		}
	}

	/** The next key, and where its entry was when it was looked up. */
	byte[] nextBytes() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		byte[] key = java.util.Objects.requireNonNull(this.next);
		this.next = null;
		return key;
	}

	/** Where the entry of the key that was given last was when that was looked up. */
	Found found() {
		return java.util.Objects.requireNonNull(this.found);
	}

	@Override
	public String next() {
		return new String(nextBytes(), StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.left = 0;
		this.next = null;
		this.candidate = null;
		this.cursor = KeyCursor.NONE;
	}

}
