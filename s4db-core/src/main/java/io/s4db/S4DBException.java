package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * Something went wrong. The message says what happened, to which object or key, and what
 * to do.
 */
public class S4DBException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public S4DBException(String message) {
		super(message);
	}

	public S4DBException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
