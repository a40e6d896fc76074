package io.s4db;

import java.time.Duration;

/**
 * What a compaction did.
 *
 * @param inputFiles data files replaced
 * @param inputBytes their bytes
 * @param outputFiles data files written
 * @param outputBytes their bytes
 * @param reclaimedBytes bytes that the live files take less; the objects themselves go
 * after the retention
 * @param entries entries copied
 * @param tombstones tombstones carried over
 * @param deletedObjects objects deleted whose retention had passed, orphans included
 * @param took how long it took
 */
public record CompactionResult(int inputFiles, long inputBytes, int outputFiles, long outputBytes, long reclaimedBytes,
		long entries, long tombstones, int deletedObjects, Duration took) {
}
