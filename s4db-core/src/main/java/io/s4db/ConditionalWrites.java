package io.s4db;

/**
 * What to do about a store that may ignore preconditions.
 */
public enum ConditionalWrites {

	/** Probe before the first commit; refuse to write if preconditions are ignored. */
	REQUIRED,

	/**
	 * Send no preconditions, and do not probe: only one writer exists, on the user's
	 * word. What they would say is checked with a HEAD before the put instead, which
	 * costs a request more and notices a second writer mostly, but not always.
	 */
	OFF

}
