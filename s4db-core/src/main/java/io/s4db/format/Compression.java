package io.s4db.format;

import io.s4db.S4DBException;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyError;

/**
 * Snappy's library, which is of the machine's code: it is unpacked into the temporary
 * directory, and loaded from there.
 */
public final class Compression {

	private Compression() {
	}

	/**
	 * Loads it, so that what keeps it from being loaded is known before the first write.
	 * @throws S4DBException if it cannot be
	 */
	public static void load() {
		try {
			Snappy.maxCompressedLength(1);
		}
		catch (LinkageError | SnappyError ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			throw new S4DBException("Snappy's native library, by which values are compressed, cannot be loaded: "
					+ cause
					+ ". It is unpacked into the temporary directory, which must be writable and not mounted noexec: set"
					+ " the system property org.xerial.snappy.tempdir to a directory that is both", ex);
		}
	}

}
