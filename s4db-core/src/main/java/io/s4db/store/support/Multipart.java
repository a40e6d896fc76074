package io.s4db.store.support;

/**
 * How a large object is cut into the parts of a multipart upload.
 */
public final class Multipart {

	/** Objects above this many bytes are sent in parts. */
	public static final long THRESHOLD = 16L << 20;

	/**
	 * The size of a part in bytes, but for the last one: larger parts mean fewer
	 * requests, smaller ones less to send again.
	 */
	public static final long PART_SIZE = 16L << 20;

	/** S3's limit. */
	public static final int MAX_PARTS = 10_000;

	private Multipart() {
	}

	/** The size of the parts of an object of that length: 16 MiB up to 160 GB. */
	public static long partSize(long length) {
		return Math.max(PART_SIZE, (length + MAX_PARTS - 1) / MAX_PARTS);
	}

	public static int parts(long length) {
		return Math.toIntExact((length + partSize(length) - 1) / partSize(length));
	}

	/** The requests that a put costs: one, or create, parts and complete. */
	public static int requests(long length) {
		return (length <= THRESHOLD) ? 1 : parts(length) + 2;
	}

}
