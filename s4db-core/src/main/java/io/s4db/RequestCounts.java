package io.s4db;

/**
 * Requests sent to the store, by kind, and the bytes that went with them. Retries count.
 */
public record RequestCounts(long gets, long heads, long puts, long lists, long deletes, long bytesRead,
		long bytesWritten) {

	/** None. */
	public static final RequestCounts NONE = new RequestCounts(0, 0, 0, 0, 0, 0, 0);

	/** All of them. */
	public long total() {
		return this.gets + this.heads + this.puts + this.lists + this.deletes;
	}

	/** What came after an earlier count. */
	public RequestCounts since(RequestCounts earlier) {
		return new RequestCounts(this.gets - earlier.gets, this.heads - earlier.heads, this.puts - earlier.puts,
				this.lists - earlier.lists, this.deletes - earlier.deletes, this.bytesRead - earlier.bytesRead,
				this.bytesWritten - earlier.bytesWritten);
	}

	/**
	 * What these requests cost in US dollars at S3 Standard's list price (0.005 per 1,000
	 * PUT and LIST, 0.0004 per 1,000 GET and HEAD, deletes free), without transfer.
	 */
	public double estimatedDollars() {
		return (this.puts + this.lists) * 0.005 / 1000 + (this.gets + this.heads) * 0.0004 / 1000;
	}

}
