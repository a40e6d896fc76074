package io.s4db.store.support;

import java.io.IOException;
import java.io.InputStream;

import io.s4db.S4DBException;
import io.s4db.store.ObjectContent;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is to be written.
 */
public final class Contents {

	private Contents() {
	}

	/**
	 * All the bytes.
	 * @throws S4DBException if they cannot be read
	 */
	public static byte[] bytes(String name, ObjectContent content) {
		int length = Math.toIntExact(content.length());
		try (InputStream stream = content.open(0)) {
			byte[] bytes = stream.readNBytes(length);
			if (bytes.length < length) {
				throw unreadable(name, new IOException("It ends after " + bytes.length + " of " + length + " bytes"));
			}
			return bytes;
		}
		catch (IOException ex) {
			throw unreadable(name, ex);
		}
	}

	/** What is thrown if the bytes to be written cannot be read: nothing was written. */
	public static S4DBException unreadable(String name, @Nullable Throwable cause) {
		return new S4DBException(
				"Could not read what was to be written as '" + name + "'; nothing was written: " + cause, cause);
	}

}
