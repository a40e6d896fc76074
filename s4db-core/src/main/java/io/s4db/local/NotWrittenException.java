package io.s4db.local;

import io.s4db.S4DBException;

/**
 * The local directory cannot be written to, for want of space for instance. Whether that
 * still is so can be found out without the store.
 */
public final class NotWrittenException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public NotWrittenException(String message, Throwable cause) {
		super(message, cause);
	}

}
