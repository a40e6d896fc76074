package io.s4db.store.testing;

/**
 * Decides what happens to each call of a {@link FaultyObjectStore}.
 */
@FunctionalInterface
public interface FaultPlan {

	/** Nothing ever happens. */
	FaultPlan NONE = (call) -> Fault.NONE;

	/** What is to happen to a call. */
	Fault decide(Call call);

	/** That happens to the call of that number, nothing to the others. */
	static FaultPlan at(long ordinal, Fault fault) {
		return (call) -> (call.ordinal() == ordinal) ? fault : Fault.NONE;
	}

	/**
	 * A call.
	 *
	 * @param kind which method
	 * @param name the object's name, or the prefix of a list
	 * @param ordinal the first call of a store is number 1
	 */
	record Call(Kind kind, String name, long ordinal) {
	}

	/** A method of the store. */
	enum Kind {

		/** {@code get} and {@code getIfChanged}. */
		GET,

		/** {@code getRange}. */
		RANGE,

		/** {@code getTail}. */
		TAIL,

		/** {@code open}. */
		OPEN,

		/** {@code head}. */
		HEAD,

		/** {@code list}. */
		LIST,

		/** {@code put}. */
		PUT,

		/** {@code delete}. */
		DELETE;

		/** Whether it changes the store. */
		public boolean isWrite() {
			return this == PUT || this == DELETE;
		}

	}

	/** What can happen to a call. */
	enum Fault {

		/** Nothing. */
		NONE,

		/** Another request was under way, and nothing took effect: 409. */
		CONFLICT,

		/** The store is unavailable, and nothing took effect. */
		FAIL_BEFORE,

		/** It took effect, and the store is unavailable. */
		FAIL_AFTER,

		/**
		 * The store is unavailable, and a write takes effect when the test says so. A
		 * read has no effect.
		 */
		LATE,

		/**
		 * A conditional put took effect, and a second try of the same request found its
		 * condition gone. Other calls: as {@link #FAIL_AFTER}.
		 */
		FAIL_OWN_CONDITION,

		/** A put takes effect whatever its condition. Nothing happens to other calls. */
		IGNORE_CONDITION,

		/** A stream ends early without an error. Other calls: as {@link #FAIL_AFTER}. */
		CUT,

		/** The process dies before the call; every later call dies too. */
		CRASH_BEFORE,

		/** The process dies after the call took effect; every later call dies too. */
		CRASH_AFTER

	}

}
