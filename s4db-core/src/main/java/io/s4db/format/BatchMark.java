package io.s4db.format;

import java.util.Arrays;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;

/**
 * Stands before the entries of a batch of more than one, so that recovery keeps the batch
 * whole or drops it whole: a tombstone for the reserved key {@code U+0000 s4db.batch}
 * whose value is
 *
 * <pre>
 * 1  version         1
 * 4  length          bytes of the entries that follow and belong together
 * </pre>
 */
public final class BatchMark {

	static final int VERSION = 1;

	private static final int VALUE_LENGTH = 5;

	/** Bytes of a mark. */
	public static final int LENGTH = EntryFormat.OVERHEAD + Keys.BATCH.length + VALUE_LENGTH;

	private static final int VALUE_OFFSET = EntryFormat.HEADER_LENGTH + Keys.BATCH.length;

	private BatchMark() {
	}

	/** Writes a mark at the beginning of an array. */
	static void write(byte[] bytes, int batchLength) {
		bytes[0] = EntryFormat.TOMBSTONE;
		Bytes.putI32(bytes, 1, Keys.BATCH.length);
		Bytes.putI32(bytes, 5, VALUE_LENGTH);
		System.arraycopy(Keys.BATCH, 0, bytes, EntryFormat.HEADER_LENGTH, Keys.BATCH.length);
		bytes[VALUE_OFFSET] = VERSION;
		Bytes.putI32(bytes, VALUE_OFFSET + 1, batchLength);
		Bytes.putI32(bytes, LENGTH - 4, Bytes.crc32(bytes, 0, LENGTH - 4));
	}

	/** Whether a verified entry is a mark, of whatever version. */
	static boolean is(byte[] bytes, int offset) {
		int keyOffset = offset + EntryFormat.HEADER_LENGTH;
		return bytes[offset] == EntryFormat.TOMBSTONE && Arrays.equals(bytes, keyOffset,
				keyOffset + EntryFormat.keyLength(bytes, offset), Keys.BATCH, 0, Keys.BATCH.length);
	}

	/**
	 * The length of the batch behind a mark.
	 * @throws UnsupportedFormatException if its version is unknown
	 * @throws CorruptDataException if it is damaged
	 */
	static long batchLength(byte[] bytes, int offset, int length, String file, long fileOffset) {
		if (length > EntryFormat.OVERHEAD + Keys.BATCH.length && bytes[offset + VALUE_OFFSET] != VERSION) {
			throw new UnsupportedFormatException(
					EntryFormat.at(file, fileOffset) + "Batch mark version " + (bytes[offset + VALUE_OFFSET] & 0xFF)
							+ " is not known to this release, which reads version " + VERSION);
		}
		if (length != LENGTH) {
			throw new CorruptDataException(EntryFormat.at(file, fileOffset) + "The batch mark is damaged");
		}
		return Bytes.u32(bytes, offset + VALUE_OFFSET + 1);
	}

}
