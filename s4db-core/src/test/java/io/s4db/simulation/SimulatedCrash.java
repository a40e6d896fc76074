package io.s4db.simulation;

/**
 * The process ends here: thrown by a {@link FaultyObjectStore}, whose every later call
 * throws it too. An {@link Error}, so that nothing takes it for a failure to deal with.
 */
final class SimulatedCrash extends Error {

	private static final long serialVersionUID = 1;

	SimulatedCrash(String where) {
		super(where, null, false, false);
	}

}
