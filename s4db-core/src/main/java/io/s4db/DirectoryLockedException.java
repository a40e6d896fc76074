package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * Another process, or another database of this process, holds the local directory.
 */
public class DirectoryLockedException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public DirectoryLockedException(String message) {
		super(message);
	}

	public DirectoryLockedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
