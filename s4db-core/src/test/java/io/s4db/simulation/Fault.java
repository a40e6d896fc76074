package io.s4db.simulation;

import java.util.List;

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
	CRASH_AFTER,

	/** Memory runs out, the call has no effect, and the process goes on. */
	ERROR_BEFORE,

	/** Memory runs out after the effect, and the process goes on. */
	ERROR_AFTER,

	/** Something throws what nobody expects, the call has no effect. */
	BUG_BEFORE,

	/** Something throws what nobody expects after the effect. */
	BUG_AFTER,

	/** The thread is interrupted, the call has no effect. */
	INTERRUPT_BEFORE,

	/** The thread is interrupted after the effect. */
	INTERRUPT_AFTER;

	/** Those after which the process goes on with what no store says. */
	static final List<Fault> GOES_ON = List.of(ERROR_BEFORE, ERROR_AFTER, BUG_BEFORE, BUG_AFTER, INTERRUPT_BEFORE,
			INTERRUPT_AFTER);

	boolean before() {
		return this == ERROR_BEFORE || this == BUG_BEFORE || this == INTERRUPT_BEFORE;
	}

	boolean after() {
		return this == ERROR_AFTER || this == BUG_AFTER || this == INTERRUPT_AFTER;
	}

}
