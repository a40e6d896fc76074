package io.s4db.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import io.s4db.S4DBException;
import io.s4db.store.ObjectContent;
import io.s4db.store.support.Contents;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;

/**
 * A piece of an object's content as a request's body, which the SDK may read several
 * times. Remembers if it could not be read, which is not the server's failure. Used by
 * one request. Once closed it reads no more, whichever thread still sends: the content
 * may be gone by then.
 */
final class S3Content implements ContentStreamProvider, AutoCloseable {

	private final ObjectContent content;

	private final long offset;

	private final long length;

	/** Guarded by this. */
	private @Nullable InputStream current;

	/** Guarded by this. */
	private boolean closed;

	private volatile @Nullable IOException failure;

	S3Content(ObjectContent content, long offset, long length) {
		this.content = content;
		this.offset = offset;
		this.length = length;
	}

	RequestBody body() {
		return RequestBody.fromContentProvider(this, this.length, "application/octet-stream");
	}

	@Override
	public synchronized InputStream newStream() {
		closeCurrent();
		try {
			requireOpen();
			InputStream stream = new Watched(this.content.open(this.offset));
			this.current = stream;
			return stream;
		}
		catch (IOException ex) {
			this.failure = ex;
			throw new UncheckedIOException(ex);
		}
	}

	private void requireOpen() throws IOException {
		if (this.closed) {
			throw new IOException("The request was given up");
		}
	}

	/**
	 * Checks that a failed request did not fail for its content.
	 * @throws S4DBException if it did
	 */
	void requireRead(String name) {
		if (this.failure != null) {
			throw Contents.unreadable(name, this.failure);
		}
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		closeCurrent();
	}

	private void closeCurrent() {
		InputStream stream = this.current;
		this.current = null;
		if (stream != null) {
			try {
				stream.close();
			}
			catch (IOException ex) {
				// it was only read
			}
		}
	}

	/**
	 * The first bytes of the content's stream. Remembers failures, and takes an early end
	 * for one.
	 */
	private final class Watched extends InputStream {

		private final InputStream stream;

		private long remaining = S3Content.this.length;

		Watched(InputStream stream) {
			this.stream = stream;
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
		}

		@Override
		public int read(byte[] buffer, int from, int count) throws IOException {
			if (this.remaining == 0) {
				return (count == 0) ? 0 : -1;
			}
			synchronized (S3Content.this) {
				try {
					requireOpen();
					int read = this.stream.read(buffer, from, (int) Math.min(count, this.remaining));
					if (read < 0) {
						throw new IOException("It ends " + this.remaining + " bytes before its length");
					}
					this.remaining -= read;
					return read;
				}
				catch (IOException ex) {
					S3Content.this.failure = ex;
					throw ex;
				}
			}
		}

		@Override
		public void close() throws IOException {
			this.stream.close();
		}

	}

}
