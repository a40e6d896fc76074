package io.s4db.store.s3;

import java.io.FilterInputStream;
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
 * one request.
 */
final class S3Content implements ContentStreamProvider, AutoCloseable {

	private final ObjectContent content;

	private final long offset;

	private final long length;

	private @Nullable InputStream current;

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
	public InputStream newStream() {
		close();
		try {
			InputStream stream = new Watched(this.content.open(this.offset));
			this.current = stream;
			return stream;
		}
		catch (IOException ex) {
			this.failure = ex;
			throw new UncheckedIOException(ex);
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
	public void close() {
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
	private final class Watched extends FilterInputStream {

		private long remaining = S3Content.this.length;

		Watched(InputStream in) {
			super(in);
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
			try {
				int read = super.read(buffer, from, (int) Math.min(count, this.remaining));
				if (read < 0) {
					throw new IOException("It ends " + this.remaining + " bytes before its length");
				}
				this.remaining -= Math.max(0, read);
				return read;
			}
			catch (IOException ex) {
				S3Content.this.failure = ex;
				throw ex;
			}
		}

		@Override
		public long skip(long count) throws IOException {
			long skipped = super.skip(Math.min(count, this.remaining));
			this.remaining -= skipped;
			return skipped;
		}

		@Override
		public int available() throws IOException {
			return (int) Math.min(super.available(), this.remaining);
		}

		@Override
		public boolean markSupported() {
			return false;
		}

	}

}
