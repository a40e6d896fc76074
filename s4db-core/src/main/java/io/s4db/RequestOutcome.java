package io.s4db;

import java.util.Locale;

/**
 * What came of a request.
 */
public enum RequestOutcome {

	/** It did what it should. */
	SUCCESS(true),

	/** The object is the one that is known already. */
	NOT_MODIFIED(true),

	/** There is no such object, or no such bytes of it. */
	NOT_FOUND(true),

	/** The condition does not hold. */
	PRECONDITION_FAILED(true),

	/** Another request on the same object was under way. */
	CONFLICT(true),

	/** The store has too much to do, or says so. */
	THROTTLED(false),

	/** The store does not let these credentials do that. */
	DENIED(false),

	/** No answer: network, time, or the thread was interrupted. */
	UNANSWERED(false),

	/** The store, or what is sent, has a fault. */
	ERROR(false);

	private final boolean answer;

	RequestOutcome(boolean answer) {
		this.answer = answer;
	}

	/** Whether the store is there and does what it is asked. */
	public boolean isAnswer() {
		return this.answer;
	}

	/** What it is called in metrics: {@code success}, {@code not-modified}. */
	public String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
