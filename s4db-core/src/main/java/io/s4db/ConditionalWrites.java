package io.s4db;

/**
 * What to do about a store that may ignore preconditions.
 */
public enum ConditionalWrites {

	/** Probe before the first commit; refuse to write if preconditions are ignored. */
	REQUIRED,

	/** Do not probe: only one writer exists, on the user's word. */
	OFF

}
