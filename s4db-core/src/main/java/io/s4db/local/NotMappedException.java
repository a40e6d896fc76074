package io.s4db.local;

import io.s4db.S4DBException;

/**
 * A file cannot be mapped into memory, for want of file handles or maps for instance.
 * Nothing is wrong with it.
 */
public final class NotMappedException extends S4DBException {

	private static final long serialVersionUID = 1L;

	NotMappedException(String message, Throwable cause) {
		super(message, cause);
	}

}
