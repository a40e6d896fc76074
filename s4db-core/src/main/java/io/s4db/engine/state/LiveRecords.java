package io.s4db.engine.state;

import io.s4db.index.KeyIndex;

/** Records without the tombstones among them. */
public record LiveRecords(KeyIndex.Cursor all) implements KeyIndex.Cursor {

	@Override
	public boolean next() {
		boolean more = this.all.next();
		while (more && this.all.tombstone()) {
			more = this.all.next();
		}
		return more;
	}

	@Override
	public byte[] buffer() {
		return this.all.buffer();
	}

	@Override
	public int keyOffset() {
		return this.all.keyOffset();
	}

	@Override
	public int keyLength() {
		return this.all.keyLength();
	}

	@Override
	public long hash() {
		return this.all.hash();
	}

	@Override
	public long file() {
		return this.all.file();
	}

	@Override
	public long offset() {
		return this.all.offset();
	}

	@Override
	public int entryLength() {
		return this.all.entryLength();
	}

	@Override
	public boolean tombstone() {
		return false;
	}

}
