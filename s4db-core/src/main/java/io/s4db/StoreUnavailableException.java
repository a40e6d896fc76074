package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * The store could not be reached, or refused: the network, the credentials, a permission,
 * the bucket. Worth trying again; nothing was lost.
 */
public class StoreUnavailableException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public StoreUnavailableException(String message) {
		super(message);
	}

	public StoreUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
