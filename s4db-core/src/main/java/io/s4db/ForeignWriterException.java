package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * Another program (the reference implementation, most likely) changed the database in a
 * way that cannot be adopted without losing something. The message says what differs and
 * how to decide.
 */
public class ForeignWriterException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public ForeignWriterException(String message) {
		super(message);
	}

	public ForeignWriterException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
