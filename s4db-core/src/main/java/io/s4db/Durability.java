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
	 * The loss of the machine: committed to the store, shared among concurrent callers. A
	 * write that fails because the store gave no answer is not undone: it is as one with
	 * {@link #PROCESS}, its value can be read here, and the next commit that succeeds
	 * takes it along. To take it back, write again.
	 */
	STORE

}
