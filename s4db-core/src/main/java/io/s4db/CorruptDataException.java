package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * Bytes are not what was written. The message names the object and the offset. Nothing
 * was changed; no wrong value was returned.
 */
public class CorruptDataException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public CorruptDataException(String message) {
		super(message);
	}

	public CorruptDataException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
