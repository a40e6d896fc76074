package io.s4db;

/**
 * Whether a database may be written.
 */
public enum Mode {

	/** Reads and writes. */
	READ_WRITE,

	/** Reads only: writes nothing to the store and no pending file. */
	READ_ONLY

}
