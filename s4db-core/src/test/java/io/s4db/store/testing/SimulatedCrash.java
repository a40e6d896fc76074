package io.s4db.store.testing;

/**
 * The process ends here. Not an exception, so that no code takes it for a failure that it
 * could handle.
 */
public final class SimulatedCrash extends Error {

	private static final long serialVersionUID = 1L;

	/**
	 * A crash.
	 * @param where which call it happened at
	 */
	public SimulatedCrash(String where) {
		super(where);
	}

}
