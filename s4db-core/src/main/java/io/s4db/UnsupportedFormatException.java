package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * Bytes are of a format or version that this release does not know: written by a newer
 * release, or not by s4db at all.
 */
public class UnsupportedFormatException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public UnsupportedFormatException(String message) {
		super(message);
	}

	public UnsupportedFormatException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
