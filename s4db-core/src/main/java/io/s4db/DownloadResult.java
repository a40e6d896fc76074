package io.s4db;

import java.time.Duration;

/**
 * What a download did.
 *
 * @param dataFiles data files fetched; those already there and right are not
 * @param bytes bytes of data files fetched
 * @param alreadyLocal data files that were there
 * @param took how long it took
 */
public record DownloadResult(int dataFiles, long bytes, int alreadyLocal, Duration took) {
}
