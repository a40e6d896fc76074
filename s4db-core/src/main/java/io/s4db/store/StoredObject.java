package io.s4db.store;

/**
 * An object's bytes.
 *
 * @param bytes the bytes; the receiver's own
 * @param eTag its ETag, opaque
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredObject(byte[] bytes, String eTag) {
}
