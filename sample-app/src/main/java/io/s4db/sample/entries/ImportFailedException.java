package io.s4db.sample.entries;

/**
 * An import ended before its body did. The entries before the line are in the database,
 * those from it on are not.
 */
class ImportFailedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final long imported;

	private final long line;

	ImportFailedException(long imported, long line, Exception cause) {
		super("Stopped at line %d: %s. Entries imported before it: %d; from it on: none.".formatted(line,
				cause.getMessage(), imported), cause);
		this.imported = imported;
		this.line = line;
	}

	/** How many entries were imported before. */
	long imported() {
		return this.imported;
	}

	/** The line, counted from 1, that stopped it. */
	long line() {
		return this.line;
	}

}
