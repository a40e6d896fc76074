package io.s4db.store.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

import io.s4db.store.support.RequestCounter;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * An answer's body. An early end is an error; closing before the end drops the connection
 * instead of reading the rest.
 */
final class S3Stream extends InputStream {

	private final ResponseInputStream<GetObjectResponse> body;

	private final RequestCounter counter;

	private final String place;

	private long remaining;

	private boolean closed;

	/**
	 * Over a body.
	 * @param remaining how many bytes to give, all of which must come
	 */
	S3Stream(ResponseInputStream<GetObjectResponse> body, long remaining, RequestCounter counter, String place) {
		this.body = body;
		this.remaining = remaining;
		this.counter = counter;
		this.place = place;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
	}

	@Override
	public int read(byte[] buffer, int offset, int length) throws IOException {
		if (length == 0) {
			return 0;
		}
		if (this.remaining == 0) {
			return -1;
		}
		int count = readBody(buffer, offset, (int) Math.min(length, this.remaining));
		if (count < 0) {
			throw new EOFException("The answer for " + this.place + " ended " + this.remaining + " bytes early");
		}
		this.remaining -= count;
		this.counter.read(count);
		return count;
	}

	private int readBody(byte[] buffer, int offset, int length) throws IOException {
		try {
			return this.body.read(buffer, offset, length);
		}
		catch (RuntimeException ex) {
			throw new IOException("Reading " + this.place + " failed: " + ex.getMessage(), ex);
		}
	}

	@Override
	public void close() throws IOException {
		if (this.closed) {
			return;
		}
		this.closed = true;
		try {
			if (this.remaining > 0 || this.body.read() >= 0) {
				this.body.abort();
			}
			this.body.close();
		}
		catch (IOException | RuntimeException ex) {
			this.body.abort();
		}
	}

}
