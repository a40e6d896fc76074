package io.s4db;

/**
 * When a commit writes the checkpoint ({@code index.idx}) as well.
 */
public enum CheckpointPolicy {

	/**
	 * When the index is small, or what was committed since has grown to a fair share of
	 * it.
	 */
	AUTO,

	/** At every commit: what the reference implementation needs to see every upload. */
	ALWAYS

}
