package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * The place holds another database than this one opened, or another history of it: it was
 * emptied and written anew, put back to an earlier state and written on from there, or
 * its manifest was lost and made anew. Nothing of that is changed by this instance, and
 * every further call fails so. What is pending stays on disk; the message says where.
 */
public class DatabaseReplacedException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public DatabaseReplacedException(String message) {
		super(message);
	}

	public DatabaseReplacedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
