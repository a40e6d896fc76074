package io.s4db.sample.entries;

/**
 * A line of an import is not what it should be.
 */
class BadLineException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final long line;

	BadLineException(long line, String reason) {
		super(reason);
		this.line = line;
	}

	/** The line, counted from 1. */
	long line() {
		return this.line;
	}

}
