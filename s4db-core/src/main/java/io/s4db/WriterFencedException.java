package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * An exclusive writer has taken over. This writer commits nothing any more; its pending
 * files stay on disk.
 */
public class WriterFencedException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public WriterFencedException(String message) {
		super(message);
	}

	public WriterFencedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
