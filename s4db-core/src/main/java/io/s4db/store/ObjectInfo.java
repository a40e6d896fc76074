package io.s4db.store;

import java.time.Instant;

/**
 * What a store says of an object.
 *
 * @param name its name in the store
 * @param size its size in bytes
 * @param eTag its ETag, opaque
 * @param lastModified when it was written, by the store's clock
 */
public record ObjectInfo(String name, long size, String eTag, Instant lastModified) {
}
