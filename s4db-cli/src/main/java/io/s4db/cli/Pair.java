package io.s4db.cli;

/**
 * A key and its value.
 */
@SuppressWarnings("ArrayRecordComponent")
record Pair(String key, byte[] value) {
}
