package io.s4db;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Where the entry of a key stands.
 *
 * @param source the nearest place that has its bytes: {@link ReadSource#PENDING},
 * {@link ReadSource#LOCAL} or {@link ReadSource#BUCKET}. Whether the cache has them too
 * is not told
 * @param file the number of its data file; of a pending file, the number that has
 * @param name the object's name; of a pending file, the file's
 * @param offset the offset of its first byte in there
 * @param bytes its length: flags, key, value as it is stored, and checksum
 * @param written when its data file was written, as the store has it: by the commit that
 * brought it, or the compaction that moved it last. Null where it is pending, and where
 * the store could not be asked
 * @param seq the sequence number of that commit; 0 where it is pending, and where the log
 * does not reach back to it
 */
public record EntryLocation(ReadSource source, long file, String name, long offset, int bytes,
		@Nullable Instant written, long seq) {
}
