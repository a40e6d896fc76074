package io.s4db.index;

import org.jspecify.annotations.Nullable;

/**
 * Knows of keys where their entries stand.
 */
@FunctionalInterface
public interface KeyLookup {

	/**
	 * Where the entry of a key stands, which may be a tombstone; null if nothing is known
	 * of the key.
	 * @param hash what {@link KeyIndex#hash} gives
	 */
	@Nullable Location get(byte[] buffer, int offset, int length, long hash);

}
