package io.s4db.index;

import org.jspecify.annotations.Nullable;

/**
 * Looks for keys in pages that stand somewhere else, of which those who ask for many keys
 * have some already.
 */
@FunctionalInterface
public interface StoredLookup {

	/** Fetches the page of each key. */
	StoredLookup FETCHING = StoredPages::get;

	/** As {@link StoredPages#get}. */
	@Nullable Location get(StoredPages pages, byte[] key, int offset, int length);

}
