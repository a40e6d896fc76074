package io.s4db.index;

import java.util.NoSuchElementException;

/**
 * A walk over records where they stand in the arrays of an index ({@link Records}).
 */
abstract class RecordCursor implements KeyIndex.Cursor {

	private final KeyHash hash;

	private byte[] data = {};

	/** Where in the data the record stands; -1 if this is at none. */
	private int at = -1;

	RecordCursor(KeyHash hash) {
		this.hash = hash;
	}

	/** Goes to a record. */
	final void goTo(byte[] array, int position) {
		this.data = array;
		this.at = position;
	}

	/** Goes to none. */
	final void end() {
		this.at = -1;
	}

	/** Where in the {@link #buffer} the record stands. */
	final int at() {
		if (this.at < 0) {
			throw new NoSuchElementException("The cursor is at no record");
		}
		return this.at;
	}

	@Override
	public final byte[] buffer() {
		return this.data;
	}

	@Override
	public final int keyOffset() {
		return Records.keyAt(this.data, at());
	}

	@Override
	public final int keyLength() {
		return Records.keyLength(this.data, at());
	}

	@Override
	public final long hash() {
		return this.hash.of(this.data, keyOffset(), keyLength());
	}

	@Override
	public final long file() {
		return Records.file(this.data, at());
	}

	@Override
	public final long offset() {
		return Records.offset(this.data, at());
	}

	@Override
	public final int entryLength() {
		return Records.entryLength(this.data, at());
	}

	@Override
	public final boolean tombstone() {
		return Records.tombstone(this.data, at());
	}

}
