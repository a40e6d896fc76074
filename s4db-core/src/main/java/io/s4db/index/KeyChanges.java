package io.s4db.index;

import org.jspecify.annotations.Nullable;

/**
 * Takes changes of where keys' entries stand, key by key. For one thread at a time.
 */
public interface KeyChanges {

	/**
	 * The entry of a key, which is no tombstone, stands there now.
	 * @param hash what {@link KeyIndex#hash} gives
	 * @return where it stood before; null if there was none
	 */
	@Nullable Location put(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset, int entryLength);

	/**
	 * A key has no entry any more.
	 * @return where it stood; null if there was none
	 */
	@Nullable Location remove(byte[] buffer, int keyOffset, int keyLength, long hash);

	/** No more comes: what was put counts. */
	default void end() {
	}

}
