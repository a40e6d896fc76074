package io.s4db;

/**
 * Values read since opening, one by one or many at a time but for iterations, by where
 * they came from.
 *
 * @param pending from local files that are not committed yet
 * @param local from local copies of data files
 * @param cache from memory
 * @param disk from what is kept on the local disk of the store
 * @param bucket from the store
 */
public record ReadCounts(long pending, long local, long cache, long disk, long bucket) {

	/** None. */
	public static final ReadCounts NONE = new ReadCounts(0, 0, 0, 0, 0);

	/** Those from one source. */
	public long from(ReadSource source) {
		return switch (source) {
			case PENDING -> this.pending;
			case LOCAL -> this.local;
			case CACHE -> this.cache;
			case DISK -> this.disk;
			case BUCKET -> this.bucket;
		};
	}

}
