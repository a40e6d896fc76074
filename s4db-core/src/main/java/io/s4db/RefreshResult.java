package io.s4db;

/**
 * What a refresh found.
 *
 * @param changed whether there was anything new
 * @param seq the manifest's sequence number now seen; 0 where there is no manifest
 * @param commits how many log items were applied
 * @param reopened whether the log no longer reached back, so that the index was read anew
 */
public record RefreshResult(boolean changed, long seq, int commits, boolean reopened) {
}
