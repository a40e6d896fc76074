package io.s4db.cli.terminal;

/**
 * What a process ends with, for those who start it.
 */
public final class ExitCode {

	/** What was asked for was done, and nothing is wrong. */
	public static final int OK = 0;

	/** A key that is not there, a difference, a damage: what was looked for, or not. */
	public static final int FOUND = 1;

	/** Wrong arguments, or a change that nobody confirmed: nothing was done. */
	public static final int USAGE = 2;

	/** It could not be done: the bucket, the disk, the database. */
	public static final int FAILURE = 3;

	/** Interrupted, as shells have it. */
	public static final int INTERRUPTED = 130;

	/** Whoever read the output went away, as shells have it. */
	public static final int OUTPUT_CLOSED = 141;

	private ExitCode() {
	}

}
