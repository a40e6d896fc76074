package io.s4db.reference;

import java.nio.file.Path;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Databases go back and forth between the engine and the reference. More runs:
 * {@code -Ds4db.exchange.runs=10000}; one run again: {@code -Ds4db.exchange.seed=…}.
 */
class ExchangeTests {

	private static final int RUNS = Integer.getInteger("s4db.exchange.runs", 25);

	@TempDir
	private Path folder;

	@Test
	void whenEngineAndReferenceTakeTurnsShouldBothSeeEverything() {
		Long only = Long.getLong("s4db.exchange.seed");
		if (only != null) {
			run(only);
			return;
		}
		Random seeds = new Random();
		for (int i = 0; i < RUNS; i++) {
			run(seeds.nextLong());
		}
	}

	/**
	 * The reference's rebuild gives numbers out again that a compaction of ours gave up;
	 * adopted and not committed yet, its files were deleted as obsolete.
	 */
	@Test
	void whenTheReferenceTakesNumbersThatWereGivenUpShouldNotDeleteItsFiles() {
		run(99);
	}

	private void run(long seed) {
		ExchangeRun run = new ExchangeRun(this.folder.resolve(String.valueOf(seed)), seed);
		try {
			run.run();
		}
		catch (RuntimeException | AssertionError ex) {
			throw new AssertionError("-Ds4db.exchange.seed=" + seed + " gives: " + ex.getMessage()
					+ System.lineSeparator() + run.protocol(), ex);
		}
		run.clean();
	}

}
