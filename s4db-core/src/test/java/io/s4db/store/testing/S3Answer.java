package io.s4db.store.testing;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the server answers.
 */
final class S3Answer {

	private final int status;

	private final byte[] body;

	private final Map<String, String> headers = new LinkedHashMap<>();

	private long contentLength;

	S3Answer(int status, byte[] body) {
		this.status = status;
		this.body = body;
		this.contentLength = body.length;
	}

	static S3Answer empty(int status) {
		return new S3Answer(status, new byte[0]);
	}

	static S3Answer xml(int status, String xml) {
		return new S3Answer(status, xml.getBytes(StandardCharsets.UTF_8)).header("Content-Type", "application/xml");
	}

	S3Answer header(String name, String value) {
		this.headers.put(name, value);
		return this;
	}

	/** The length that is said in the answer to a HEAD. */
	S3Answer contentLength(long length) {
		this.contentLength = length;
		return this;
	}

	int status() {
		return this.status;
	}

	byte[] body() {
		return this.body;
	}

	long contentLength() {
		return this.contentLength;
	}

	Map<String, String> headers() {
		return this.headers;
	}

}
