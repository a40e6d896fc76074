package io.s4db;

import java.time.Duration;
import java.util.List;

/**
 * What a rebuild found.
 *
 * @param dataFiles data files replayed
 * @param entries entries seen in them
 * @param keys live keys afterwards
 * @param findings damaged entries, torn tails, files left out, and files that are missing
 * @param took how long it took
 */
public record RebuildResult(int dataFiles, long entries, long keys, List<Finding> findings, Duration took) {

	public RebuildResult {
		findings = List.copyOf(findings);
	}

}
