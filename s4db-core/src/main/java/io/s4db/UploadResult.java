package io.s4db;

import java.time.Duration;

/**
 * What an upload did.
 *
 * @param dataFiles data files sent
 * @param bytes bytes of data files sent
 * @param entries entries committed
 * @param seq the manifest's sequence number afterwards
 * @param checkpointWritten whether {@code index.idx} was written too
 * @param rebases how often another writer's commit had to be applied first
 * @param deletedObjects obsolete objects deleted whose retention had passed
 * @param took how long it took
 */
public record UploadResult(int dataFiles, long bytes, long entries, long seq, boolean checkpointWritten, int rebases,
		int deletedObjects, Duration took) {
}
