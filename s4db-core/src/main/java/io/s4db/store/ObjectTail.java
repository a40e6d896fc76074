package io.s4db.store;

/**
 * An object's last bytes.
 *
 * @param bytes the bytes; the receiver's own
 * @param size the size of the whole object in bytes
 */
@SuppressWarnings("ArrayRecordComponent")
public record ObjectTail(byte[] bytes, long size) {
}
