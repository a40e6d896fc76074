package io.s4db;

/**
 * A tier of an index that is not in memory alone. The first that knows a key, from the
 * top, tells where its entry stands, or that it was deleted.
 *
 * @param kind what it is, and so where
 * @param entries what it tells: a key may be in several tiers, and of a deleted key there
 * is an entry too
 * @param bytes what those take there; what leads to pages, some bytes a page, is in
 * memory besides ({@link S4DBStats#indexHeapBytes()})
 * @param pages how many pages they are in; 0 in memory, where there are none
 */
public record IndexTierStats(Kind kind, long entries, long bytes, int pages) {

	/** What a tier is. */
	public enum Kind {

		/** What was committed last: a hash table in memory, to which more comes. */
		RECENT,

		/** A hash table in memory that is being written to a file. */
		SEALED,

		/** A sorted file on the local disk. */
		FILE,

		/** The database's base in the bucket, of which pages are fetched. */
		BASE

	}

}
