package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * Told what a database does: its operations, and the requests that they cost. For metrics
 * and traces, without a library for either here.
 *
 * <p>
 * An operation begins and ends in one thread, and so does a request; what begins between
 * is a part of it. A request that another thread makes for an operation begins in that
 * thread, between the beginning and the end of what {@link #handOver} gave for it: so who
 * keeps for each thread what it is doing finds the operation that a request belongs to.
 *
 * <p>
 * Every method may be called by any number of threads, in the middle of what it is told
 * of: it must be quick, and must not call the database. What it throws is logged, and
 * changes nothing. A database that nobody observes pays nothing for it.
 */
public interface S4DBObserver {

	/** An operation begins in this thread. */
	OperationObservation begin(S4DBOperation operation);

	/**
	 * A request begins in this thread.
	 * @param object the name of the object that it is about, or what those names begin
	 * with that it lists
	 */
	RequestObservation begin(StoreRequest request, String object);

	/**
	 * A task that does the same in another thread, as a part of what the present one is
	 * doing.
	 */
	default Runnable handOver(Runnable task) {
		return task;
	}

	/** This one and another as one. */
	default S4DBObserver and(S4DBObserver other) {
		return new BothObservers(this, other);
	}

	/** Told how an operation goes on. */
	interface OperationObservation {

		/** Of one that nobody cares about. */
		OperationObservation NONE = (failure) -> {
		};

		/**
		 * A value was read. Called by any thread that helps.
		 * @param source where it came from
		 */
		default void read(ReadSource source) {
		}

		/**
		 * It ends.
		 * @param failure what it throws; null if it does not
		 */
		void end(@Nullable Throwable failure);

	}

	/** Told how a request ends. */
	interface RequestObservation {

		/** Of one that nobody cares about. */
		RequestObservation NONE = (outcome, retries, failure) -> {
		};

		/**
		 * It ends.
		 * @param outcome what came of it
		 * @param retries how often it was sent again
		 * @param failure why there is no good answer; null if there is
		 */
		void end(RequestOutcome outcome, long retries, @Nullable Throwable failure);

	}

}
