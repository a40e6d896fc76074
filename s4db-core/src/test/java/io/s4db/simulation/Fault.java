package io.s4db.simulation;

/**
 * What may happen to a call of an object store.
 */
enum Fault {

	/** Nothing. */
	NONE,

	/** It fails and has no effect. */
	FAIL_BEFORE,

	/** It has its effect, and fails. */
	FAIL_AFTER,

	/** It fails, and a put has its effect at some later time. */
	LATE,

	/**
	 * The answer was lost, an internal retry met the first try's effect: a conditional
	 * put succeeds and says that its condition does not hold.
	 */
	OWN_PRECONDITION,

	/** Fewer bytes come back than there are. */
	SHORT_READ,

	/** The process ends, the call has no effect. */
	CRASH_BEFORE,

	/** The process ends after the effect. */
	CRASH_AFTER

}
