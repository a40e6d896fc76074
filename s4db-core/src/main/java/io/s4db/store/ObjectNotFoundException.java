package io.s4db.store;

import io.s4db.S4DBException;
import org.jspecify.annotations.Nullable;

/**
 * The object is not there, for certain.
 */
public class ObjectNotFoundException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public ObjectNotFoundException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
