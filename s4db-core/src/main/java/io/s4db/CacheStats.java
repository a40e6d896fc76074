package io.s4db;

/**
 * The cache of what was read from the store.
 *
 * @param hits reads that it served
 * @param misses reads that it did not
 * @param bytes bytes that it holds
 */
public record CacheStats(long hits, long misses, long bytes) {

	/** The share of reads served, 0 to 1; 0 where nothing was read. */
	public double hitRate() {
		long reads = this.hits + this.misses;
		return (reads == 0) ? 0 : (double) this.hits / reads;
	}

}
