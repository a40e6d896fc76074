package io.s4db;

/**
 * Where an iteration reads from.
 */
public enum IterationMode {

	/**
	 * What is local from disk, the rest in large ranges from the store; keeps no file.
	 */
	REMOTE,

	/** First fetches the needed data files that are not local, then reads from disk. */
	LOCAL

}
