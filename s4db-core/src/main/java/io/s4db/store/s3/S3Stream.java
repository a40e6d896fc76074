package io.s4db.store.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

import io.s4db.store.support.RequestCounter;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * An answer's body. An early end is an error; closing before the end drops the connection
 * instead of reading the rest; an interrupt ends a read that waits.
 */
final class S3Stream extends InputStream {

	private final ResponseInputStream<GetObjectResponse> body;

	private final RequestCounter counter;

	private final String place;

	private final InterruptWatch watch;

	private long remaining;

	private boolean closed;

	/** The thread that waits for bytes; null if none does. */
	private volatile @Nullable Thread reader;

	/**
	 * Over a body.
	 * @param remaining how many bytes to give, all of which must come
	 */
	S3Stream(ResponseInputStream<GetObjectResponse> body, long remaining, RequestCounter counter, String place,
			InterruptWatch watch) {
		this.body = body;
		this.remaining = remaining;
		this.counter = counter;
		this.place = place;
		this.watch = watch;
		watch.add(this);
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
		if (this.remaining == 0) {
			this.watch.remove(this);
		}
		return count;
	}

	private int readBody(byte[] buffer, int offset, int length) throws IOException {
		this.reader = Thread.currentThread();
		try {
			return this.body.read(buffer, offset, length);
		}
		catch (AbortedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted while reading " + this.place, ex);
		}
		catch (RuntimeException ex) {
			throw new IOException("Reading " + this.place + " failed: " + ex.getMessage(), ex);
		}
		finally {
			this.reader = null;
		}
	}

	/**
	 * Called by another thread: drops the connection that an interrupted one waits for.
	 */
	void abortIfInterrupted() {
		Thread waiting = this.reader;
		if (waiting != null && waiting.isInterrupted()) {
			this.body.abort();
		}
	}

	@Override
	public void close() throws IOException {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.watch.remove(this);
		try {
			if (this.remaining > 0 || Thread.currentThread().isInterrupted() || this.body.read() >= 0) {
				this.body.abort();
			}
			this.body.close();
		}
		catch (IOException | RuntimeException ex) {
			this.body.abort();
		}
	}

}
