package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * The store has data files but no usable index or manifest, so that opening it as it is
 * would show an empty or old database. {@code S4DBEngine.rebuild(store, options)} makes a
 * new index from the data files.
 */
public class MissingIndexException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public MissingIndexException(String message) {
		super(message);
	}

	public MissingIndexException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
