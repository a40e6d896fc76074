package io.s4db.store.s3;

/**
 * Whether a server wants the ETag of {@code If-Match} in quotation marks, as the standard
 * says, or without, as some do. ETags are kept with them. Thread-safe.
 */
final class ETagQuotes {

	private volatile boolean unquoted;

	/** From now on without quotes. */
	void leaveOut() {
		this.unquoted = true;
	}

	/** From now on with quotes. */
	void keep() {
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
