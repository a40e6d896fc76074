package io.s4db.cli.pairs;

/**
 * A key and its value.
 */
@SuppressWarnings("ArrayRecordComponent")
public record Pair(String key, byte[] value) {
}
