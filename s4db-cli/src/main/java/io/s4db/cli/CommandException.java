package io.s4db.cli;

/**
 * Ends a command with a sentence and an exit code.
 */
final class CommandException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int exitCode;

	private CommandException(int exitCode, String message) {
		super(message);
		this.exitCode = exitCode;
	}

	/** Wrong arguments. */
	static CommandException usage(String message) {
		return new CommandException(ExitCode.USAGE, message);
	}

	/** It could not be done. */
	static CommandException failure(String message) {
		return new CommandException(ExitCode.FAILURE, message);
	}

	/** Something is not as it was asked for. */
	static CommandException found(String message) {
		return new CommandException(ExitCode.FOUND, message);
	}

	int exitCode() {
		return this.exitCode;
	}

}
