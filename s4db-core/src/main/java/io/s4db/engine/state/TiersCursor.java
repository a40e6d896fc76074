package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

import io.s4db.index.KeyIndex;
import io.s4db.index.Location;
import org.jspecify.annotations.Nullable;

/**
 * A walk over the keys of all tiers, in no order: the lowest tier first, which are the
 * files together, each key with the lowest tier that knows it and at the place that the
 * highest one has. None but the recent one changes, so a key is met once, wherever it
 * moves meanwhile.
 */
final class TiersCursor implements KeyIndex.Cursor {

	private final Tiers tiers;

	/** Those of memory, the lowest first. */
	private final List<KeyIndex> memory;

	/** The next of those; the files come before the first. */
	private int following;

	private KeyIndex.Cursor cursor;

	private @Nullable Location location;

	private long hash;

	TiersCursor(Tiers tiers) {
		this.tiers = tiers;
		this.memory = new ArrayList<>(tiers.memory());
		Collections.reverse(this.memory);
		this.cursor = Tiers.merged(tiers.files());
	}

	@Override
	public boolean next() {
		while (true) {
			while (!this.cursor.next()) {
				if (this.following == this.memory.size()) {
					this.location = null;
					return false;
				}
				this.cursor = this.memory.get(this.following++).cursor();
			}
			byte[] buffer = this.cursor.buffer();
			int offset = this.cursor.keyOffset();
			int length = this.cursor.keyLength();
			this.hash = this.cursor.hash();
			this.location = isLower(buffer, offset, length) ? null : Tiers.live(locate(buffer, offset, length));
			if (this.location != null) {
				return true;
			}
		}
	}

	/** Whether a tier below that of the cursor knows the key. */
	private boolean isLower(byte[] buffer, int offset, int length) {
		// Tiers below the recent one are sealed ones, newest first, then files.
		int below = this.memory.size() - this.following;
		return this.following > 0 && this.tiers.getBelow(below, buffer, offset, length, this.hash) != null;
	}

	private @Nullable Location locate(byte[] buffer, int offset, int length) {
		for (int i = this.memory.size() - 1; i >= this.following; i--) {
			Location above = this.memory.get(i).get(buffer, offset, length, this.hash);
			if (above != null) {
				return above;
			}
		}
		return new Location(this.cursor.file(), this.cursor.offset(), this.cursor.entryLength(),
				this.cursor.tombstone());
	}

	@Override
	public byte[] buffer() {
		return this.cursor.buffer();
	}

	@Override
	public int keyOffset() {
		return this.cursor.keyOffset();
	}

	@Override
	public int keyLength() {
		return this.cursor.keyLength();
	}

	@Override
	public long hash() {
		return this.hash;
	}

	private Location location() {
		return Objects.requireNonNull(this.location);
	}

	@Override
	public long file() {
		return location().file();
	}

	@Override
	public long offset() {
		return location().offset();
	}

	@Override
	public int entryLength() {
		return location().length();
	}

	@Override
	public boolean tombstone() {
		return false;
	}

}
