package io.s4db.cli.terminal;

/**
 * Ends a command with a sentence and an exit code.
 */
public final class CommandException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int exitCode;

	private CommandException(int exitCode, String message) {
		super(message);
		this.exitCode = exitCode;
	}

	/** Wrong arguments. */
	public static CommandException usage(String message) {
		return new CommandException(ExitCode.USAGE, message);
	}

	/** It could not be done. */
	public static CommandException failure(String message) {
		return new CommandException(ExitCode.FAILURE, message);
	}

	/** Something is not as it was asked for. */
	public static CommandException found(String message) {
		return new CommandException(ExitCode.FOUND, message);
	}

	/** Somebody wants it to end. */
	public static CommandException interrupted() {
		return new CommandException(ExitCode.INTERRUPTED, "interrupted");
	}

	public int exitCode() {
		return this.exitCode;
	}

}
