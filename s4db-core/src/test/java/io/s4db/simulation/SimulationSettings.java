package io.s4db.simulation;

import java.util.Random;

import io.s4db.CheckpointPolicy;

/**
 * What differs from run to run, as the seed decides.
 *
 * @param writers how many
 * @param exclusive how often a writer opens for exclusive writing
 * @param maxFileSize in bytes
 * @param valueLength up to so many characters
 * @param logItems from so many on the manifest's log is folded
 * @param checkpoint when checkpoints are written
 * @param faultRate how often a call fails
 * @param crashRate how often a process ends at a call
 * @param checkpointFaultRate how often writing a checkpoint fails
 * @param interleaving how often another process does something while one waits
 * @param stalls how often a process sleeps long between two calls
 * @param goesOn how often something is thrown at a call that no store throws, and the
 * process goes on
 */
record SimulationSettings(int writers, double exclusive, int maxFileSize, int valueLength, int logItems,
		CheckpointPolicy checkpoint, double faultRate, double crashRate, double checkpointFaultRate,
		double interleaving, double stalls, double goesOn) {

	static SimulationSettings draw(Random random) {
		return new SimulationSettings(1 + random.nextInt(2), pick(random, 0, 0, 0, 0.5, 1),
				(int) pick(random, 1024, 1024, 8192), (int) pick(random, 20, 240, 900), (int) pick(random, 32, 6, 3),
				(random.nextInt(8) == 0) ? CheckpointPolicy.ALWAYS : CheckpointPolicy.AUTO,
				pick(random, 0, 0.01, 0.05, 0.15), pick(random, 0, 0.002, 0.01, 0.03), pick(random, 0, 0, 0.5, 0.97),
				pick(random, 0, 0.05, 0.2), pick(random, 0, 0, 0.02), 0);
	}

	/** The same, with what processes go on after. */
	SimulationSettings goingOn(Random random) {
		return new SimulationSettings(this.writers, this.exclusive, this.maxFileSize, this.valueLength, this.logItems,
				this.checkpoint, this.faultRate, this.crashRate, this.checkpointFaultRate, this.interleaving,
				this.stalls, pick(random, 0.003, 0.01, 0.03, 0.1));
	}

	private static double pick(Random random, double... choices) {
		return choices[random.nextInt(choices.length)];
	}

}
