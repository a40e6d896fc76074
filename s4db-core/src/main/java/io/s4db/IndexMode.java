package io.s4db;

/**
 * Where the index, which has the place of each live key's entry, is kept. A matter of
 * this process alone: databases are the same, and others may open them in another mode.
 */
public enum IndexMode {

	/**
	 * In memory, whatever it takes: some 20 bytes of heap a key and the key itself.
	 */
	MEMORY,

	/**
	 * In sorted files on the local disk, some 18 bytes a key and the key itself, of which
	 * pages are read as they are needed; what came last is in memory. So a database may
	 * have more keys than memory has room for. Where nothing is written
	 * ({@link Mode#READ_ONLY}) and the database has a base, nothing is copied to the
	 * local disk: a page is fetched from the store when it is needed, one GET of 16 KiB,
	 * and kept in half of {@link S4DBOptions#indexMemory()}.
	 */
	PAGED,

	/**
	 * In memory as long as it takes no more than {@link S4DBOptions#indexMemory()}, paged
	 * from then on.
	 */
	AUTO

}
