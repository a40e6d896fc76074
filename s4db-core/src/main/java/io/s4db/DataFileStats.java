package io.s4db;

/**
 * One data file.
 *
 * @param number its number
 * @param bytes its size
 * @param liveEntries entries that the index points to
 * @param liveBytes bytes of those entries
 * @param local whether there is a local copy
 */
public record DataFileStats(long number, long bytes, long liveEntries, long liveBytes, boolean local) {

	/**
	 * Bytes that no live entry takes, header and footer included: never zero.
	 */
	public long garbageBytes() {
		return Math.max(0, this.bytes - this.liveBytes);
	}

}
