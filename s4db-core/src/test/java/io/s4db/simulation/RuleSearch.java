package io.s4db.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Looks for a seed whose run notices that something is broken.
 */
final class RuleSearch {

	private final Path folder;

	RuleSearch(Path folder) {
		this.folder = folder;
	}

	/**
	 * What a seed's run finds.
	 *
	 * @param seed the seed
	 * @param failure what it noticed
	 */
	record Found(long seed, AssertionError failure) {

		/** What it noticed, in a line. */
		String summary() {
			return String.valueOf(this.failure.getCause()).lines().findFirst().orElse("");
		}

	}

	/** The first seed of so many that notices it; null if none does. */
	@Nullable Found search(Variant variant, long first, long seeds) throws IOException {
		for (long seed = first; seed < first + seeds; seed++) {
			Path place = Files.createDirectory(this.folder.resolve("seed-" + seed + "-" + System.nanoTime()));
			try {
				new Simulation(seed, place, new SimulationCounts(), variant).run();
			}
			catch (AssertionError failure) {
				return new Found(seed, failure);
			}
			finally {
				Folders.delete(place);
			}
		}
		return null;
	}

}
