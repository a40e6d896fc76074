package io.s4db.store.testing;

import java.util.Map;

/**
 * A request that the server received.
 *
 * @param kind what it costs as
 * @param method the HTTP method
 * @param bucket the bucket
 * @param key the key; empty for the bucket itself
 * @param query the query's parameters
 * @param headers the headers, names in lower case
 */
public record S3Request(Kind kind, String method, String bucket, String key, Map<String, String> query,
		Map<String, String> headers) {

	/** Whether it writes under a condition. */
	public boolean isConditionalWrite() {
		return (this.method.equals("PUT") || this.method.equals("POST"))
				&& (this.headers.containsKey("if-match") || this.headers.containsKey("if-none-match"));
	}

	/** Whether the last part of the key is that. */
	public boolean isFor(String name) {
		return this.key.endsWith(name);
	}

	/** What a request costs as. */
	public enum Kind {

		GET, HEAD, PUT, LIST, DELETE

	}

}
