package io.s4db.simulation;

/**
 * What nobody expects to be thrown.
 */
final class SimulatedBug extends RuntimeException {

	private static final long serialVersionUID = 1L;

	SimulatedBug(String message) {
		super("Simulated: a bug at " + message);
	}

}
