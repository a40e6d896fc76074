package io.s4db.engine.read;

import io.s4db.engine.state.Database;
import io.s4db.index.KeyCursor;
import org.jspecify.annotations.Nullable;

/**
 * A walk that is some keys ahead of who asks for them, so that what their lookups will
 * read is on its way from memory meanwhile ({@link io.s4db.engine.state.Layers#touch}).
 * None is looked up here: that is done when its turn comes. One key at first, and more
 * each time, since many want the first ones alone.
 */
final class KeysAhead implements KeyCursor {

	private static final int MOST = 32;

	private final Database database;

	private final KeyCursor walk;

	private byte[][] keys = new byte[1][];

	private int count;

	private int at;

	/** Kept, so that the JIT does not leave out the reads that it comes from. */
	@SuppressWarnings("UnusedVariable")
	private int touched;

	KeysAhead(Database database, KeyCursor walk) {
		this.database = database;
		this.walk = walk;
	}

	@Override
	public byte @Nullable [] next() {
		if (this.at == this.count) {
			fill();
		}
		return (this.at < this.count) ? this.keys[this.at++] : null;
	}

	private void fill() {
		this.at = 0;
		int most = Math.min(MOST, this.count * 4);
		this.count = 0;
		if (most > this.keys.length) {
			this.keys = new byte[most][];
		}
		long[] hashes = new long[this.keys.length];
		while (this.count < this.keys.length) {
			byte[] key = this.walk.next();
			if (key == null) {
				break;
			}
			hashes[this.count] = this.database.hash(key, 0, key.length);
			this.keys[this.count++] = key;
		}
		if (this.count > 1) {
			this.touched += this.database.layers().touch(this.keys, hashes, this.count);
		}
	}

}
