package io.s4db;

/**
 * Which changes a listener is told.
 */
public enum ChangeScope {

	/**
	 * What other instances committed. What this one did may be among it where many
	 * commits were read as one.
	 */
	OTHERS,

	/** What anyone committed, this instance too. */
	ALL

}
