package io.s4db.cli.terminal;

import java.io.IOException;

/**
 * Standard output cannot be written to any more: whoever read it has enough.
 */
public final class OutputClosedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	OutputClosedException(IOException cause) {
		super(cause);
	}

	/** Whether nobody reads any more; a full disk, for instance, is an error. */
	public boolean nobodyReads() {
		String message = String.valueOf(getCause().getMessage());
		return message.contains("Broken pipe") || message.contains("pipe is being closed")
				|| message.contains("Connection reset");
	}

	@Override
	public synchronized Throwable getCause() {
		return java.util.Objects.requireNonNull(super.getCause());
	}

}
