package io.s4db.spring.runtime;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How the latest uploads, or refreshes, went.
 *
 * @param failures how many failed in a row
 * @param problem why the last one did; null if it did not
 * @param failingSince when the first of them failed; null where none did
 */
public record FailureLog(int failures, @Nullable String problem, @Nullable Instant failingSince) {

	/**
	 * From how many failures in a row on they are said to keep failing.
	 */
	public static final int MANY = 2;

	static final FailureLog WELL = new FailureLog(0, null, null);

	/** Whether they keep failing: one failure may be a blip. */
	public boolean keepFailing() {
		return this.failures >= MANY;
	}

	/** What a failure says went wrong. */
	public static String problem(Throwable failure) {
		String message = failure.getMessage();
		return (message == null || failure instanceof Error) ? failure.toString() : message;
	}

}
