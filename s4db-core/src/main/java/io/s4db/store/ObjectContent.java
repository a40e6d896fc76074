package io.s4db.store;

import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * The bytes of an object to be written. Can be read more than once and in parts, so that
 * a request can be retried and a large object sent in parallel.
 */
public interface ObjectContent {

	/** How many bytes there are. */
	long length();

	/**
	 * The bytes from offset on, to the end.
	 * @throws IOException if they cannot be read
	 */
	InputStream open(long offset) throws IOException;

	/** Bytes in memory. */
	static ObjectContent of(byte[] bytes) {
		return new ObjectContent() {

			@Override
			public long length() {
				return bytes.length;
			}

			@Override
			public InputStream open(long offset) {
				return new ByteArrayInputStream(bytes, (int) offset, (int) (bytes.length - offset));
			}

		};
	}

	/** The first bytes of a file, which must not change meanwhile. */
	static ObjectContent of(Path file, long length) {
		return new ObjectContent() {

			@Override
			public long length() {
				return length;
			}

			@Override
			public InputStream open(long offset) throws IOException {
				// not a channel's stream, which an interrupt would close
				FileInputStream stream = new FileInputStream(file.toFile());
				try {
					stream.skipNBytes(offset);
				}
				catch (IOException ex) {
					stream.close();
					throw ex;
				}
				return new BoundedInputStream(stream, length - offset);
			}

		};
	}

}
