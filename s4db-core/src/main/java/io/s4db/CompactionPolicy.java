package io.s4db;

/**
 * Which data files a compaction rewrites, and how.
 *
 * @param garbageShare files whose share of garbage is at least this, 0 to 1, headers and
 * footers left out of account; 0 selects every file
 * @param smallFileShare files smaller than this share of the maximum file size, 0 to 1,
 * if there are at least two such; 0 selects none for being small
 * @param inKeyOrder whether what is written stands in the order of {@link KeyRange}, so
 * that a range of keys is a range of bytes. It takes as much room in the local directory
 * as what is copied has bytes
 */
public record CompactionPolicy(double garbageShare, double smallFileShare, boolean inKeyOrder) {

	public CompactionPolicy {
		if (!(garbageShare >= 0 && garbageShare <= 1)) {
			throw new IllegalArgumentException("garbageShare must be between 0 and 1, not " + garbageShare);
		}
		if (!(smallFileShare >= 0 && smallFileShare <= 1)) {
			throw new IllegalArgumentException("smallFileShare must be between 0 and 1, not " + smallFileShare);
		}
	}

	/** In no particular order. */
	public CompactionPolicy(double garbageShare, double smallFileShare) {
		this(garbageShare, smallFileShare, false);
	}

	/**
	 * Every file, in the order of keys: {@link S4DB#scan} reads ranges then. What is put
	 * later stands elsewhere, until the next such compaction.
	 */
	public static CompactionPolicy sorted() {
		return new CompactionPolicy(0, 0, true);
	}

	/** Every file. */
	public static CompactionPolicy full() {
		return new CompactionPolicy(0, 0);
	}

	/** Files of which at least this share is garbage, and files far below the maximum. */
	public static CompactionPolicy partial(double garbageShare) {
		return new CompactionPolicy(garbageShare, 0.25);
	}

}
