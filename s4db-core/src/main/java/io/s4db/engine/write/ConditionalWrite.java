package io.s4db.engine.write;

import java.util.Arrays;

import io.s4db.engine.state.Found;
import io.s4db.format.EntryBuffer;
import io.s4db.index.KeyIndex;
import org.jspecify.annotations.Nullable;

/**
 * A write that is only to be if its key's entry is where it was seen, or there still is
 * none, when it is committed. Readers do not see it before.
 */
public final class ConditionalWrite {

	private final byte[] entry;

	private final int keyOffset;

	private final int keyLength;

	private final boolean tombstone;

	private final long hash;

	private final @Nullable Found expected;

	private final int histories;

	private volatile @Nullable Boolean written;

	/**
	 * @param batch holds the entry, and no other; it may be used again
	 * @param hash its key's
	 * @param expected where the key's entry must be; null if there must be none
	 * @param histories how many histories were gone over to before that was looked up
	 */
	public ConditionalWrite(EntryBuffer batch, long hash, @Nullable Found expected, int histories) {
		this.entry = Arrays.copyOf(batch.bytes(), batch.length());
		this.keyOffset = batch.keyOffset(0);
		this.keyLength = batch.keyLength(0);
		this.tombstone = batch.isTombstone(0);
		this.hash = hash;
		this.expected = expected;
		this.histories = histories;
	}

	byte[] entry() {
		return this.entry;
	}

	byte[] key() {
		return Arrays.copyOfRange(this.entry, this.keyOffset, this.keyOffset + this.keyLength);
	}

	long hash() {
		return this.hash;
	}

	@Nullable Found expected() {
		return this.expected;
	}

	/** Whether a place looked up then is one still: another history has other files. */
	boolean isOf(int present) {
		return this.expected == null || this.histories == present;
	}

	void putInto(KeyIndex index, long file, long offset) {
		index.put(this.entry, this.keyOffset, this.keyLength, this.hash, file, offset, this.entry.length,
				this.tombstone);
	}

	void decided(boolean isWritten) {
		this.written = isWritten;
	}

	/** Whether it is committed, or never will be. */
	public boolean isDecided() {
		return this.written != null;
	}

	/** Whether it is committed. */
	public boolean isWritten() {
		return Boolean.TRUE.equals(this.written);
	}

}
