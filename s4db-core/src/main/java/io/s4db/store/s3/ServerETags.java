package io.s4db.store.s3;

/**
 * What has been learnt of a server's ETags: whether it wants that of {@code If-Match} in
 * quotation marks, as the standard says, or without, as some do; and whether the one that
 * it answers a put with is the object's. ETags are kept with quotation marks.
 * Thread-safe.
 */
final class ServerETags {

	private volatile boolean unquoted;

	private volatile boolean askAfterPuts;

	/** From now on the ETags that puts are answered with are not believed. */
	void askAfterPuts() {
		this.askAfterPuts = true;
	}

	/** Whether an object's ETag has to be asked for after a put. */
	boolean asksAfterPuts() {
		return this.askAfterPuts;
	}

	/** From now on without quotes. */
	void leaveOutQuotes() {
		this.unquoted = true;
	}

	/** From now on with quotes. */
	void keepQuotes() {
		this.unquoted = false;
	}

	/** An ETag as the server wants it. */
	String toServer(String eTag) {
		return (this.unquoted && isQuoted(eTag)) ? eTag.substring(1, eTag.length() - 1) : eTag;
	}

	/** An ETag as it is kept, whichever answer it came with. */
	static String fromServer(String eTag) {
		return (isQuoted(eTag) || eTag.startsWith("W/")) ? eTag : '"' + eTag + '"';
	}

	private static boolean isQuoted(String eTag) {
		return eTag.length() > 1 && eTag.startsWith("\"") && eTag.endsWith("\"");
	}

}
