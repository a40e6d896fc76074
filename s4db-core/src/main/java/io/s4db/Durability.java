package io.s4db;

/**
 * What an acknowledged write survives.
 */
public enum Durability {

	/** A killed process: the bytes are with the operating system. */
	PROCESS,

	/** A power cut: the bytes are forced to disk, shared among concurrent callers. */
	DISK,

	/**
	 * The loss of the machine: committed to the store, shared among concurrent callers.
	 */
	STORE

}
