package io.s4db.cli;

/**
 * What a process ends with, for those who start it.
 */
final class ExitCode {

	/** What was asked for was done, and nothing is wrong. */
	static final int OK = 0;

	/** A key that is not there, a difference, a damage: what was looked for, or not. */
	static final int FOUND = 1;

	/** Wrong arguments, or a change that nobody confirmed: nothing was done. */
	static final int USAGE = 2;

	/** It could not be done: the bucket, the disk, the database. */
	static final int FAILURE = 3;

	/** Interrupted, as shells have it. */
	static final int INTERRUPTED = 130;

	/** Whoever read the output went away, as shells have it. */
	static final int OUTPUT_CLOSED = 141;

	private ExitCode() {
	}

}
