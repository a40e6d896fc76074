package io.s4db.store;

import io.s4db.S4DBException;
import org.jspecify.annotations.Nullable;

/**
 * The condition of a put did not hold; the object is as before.
 */
public class PreconditionFailedException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public PreconditionFailedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
