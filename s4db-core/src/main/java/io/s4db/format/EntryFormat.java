package io.s4db.format;

import java.io.IOException;
import java.util.Arrays;

import io.s4db.CorruptDataException;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/**
 * One entry of a data file.
 *
 * <pre>
 * 1  flags           0 put, 1 tombstone
 * 4  key length      k
 * 4  value length    v, as stored
 * k  key             UTF-8
 * v  value           one raw Snappy block; nothing for a tombstone
 * 4  CRC-32          of all of the entry before it
 * </pre>
 *
 * The reference's format. A tombstone for a reserved key ({@link Keys}) may carry a
 * value: footers ({@link Footer}) and batch marks ({@link BatchMark}) are such.
 */
public final class EntryFormat {

	/** Flags of a put. */
	public static final int PUT = 0;

	/** Flags of a tombstone. */
	public static final int TOMBSTONE = 1;

	/** Bytes before the key. */
	public static final int HEADER_LENGTH = 9;

	/** Bytes of an entry besides key and value. */
	public static final int OVERHEAD = HEADER_LENGTH + 4;

	/** A Snappy element of two bytes or more gives at most 64. */
	private static final int MAX_RATIO = 64;

	/** A Snappy block of n bytes takes at most n + n/6 and this. */
	private static final int MAX_COMPRESSED_EXTRA = 32;

	private EntryFormat() {
	}

	/** The length that an entry's header announces; -1 if that is no entry's. */
	static long length(byte[] bytes, int offset) {
		int flags = bytes[offset];
		long keyLength = Bytes.u32(bytes, offset + 1);
		long valueLength = Bytes.u32(bytes, offset + 5);
		if ((flags != PUT && flags != TOMBSTONE) || keyLength > Keys.MAX_LENGTH) {
			return -1;
		}
		return OVERHEAD + keyLength + valueLength;
	}

	/** The length in a header, whatever else stands there. */
	public static long announcedLength(byte[] header) {
		return OVERHEAD + Bytes.u32(header, 1) + Bytes.u32(header, 5);
	}

	/**
	 * Whether an entry begins as one that was written, and ends later than there are
	 * bytes.
	 * @param bytes what it begins with: at most what a header, a key and the beginning of
	 * a value take
	 * @param left how many bytes there are
	 */
	public static boolean isCutShort(byte[] bytes, long left) {
		long announced = length(bytes, 0);
		if (announced <= left) {
			return false;
		}
		return bytes.length < plausibilityLength(bytes, 0) || isPlausible(bytes, 0);
	}

	/** Whether these bytes are a whole entry once one of its lengths is put right. */
	public static boolean isWholeButForItsLength(byte[] bytes) {
		for (int field : new int[] { 1, 5 }) {
			long right = bytes.length - OVERHEAD - Bytes.u32(bytes, 6 - field);
			if (right < 0) {
				continue;
			}
			byte[] entry = bytes.clone();
			Bytes.putI32(entry, field, (int) right);
			if (length(entry, 0) == entry.length
					&& Bytes.crc32(entry, 0, entry.length - 4) == Bytes.i32(entry, entry.length - 4)) {
				return true;
			}
		}
		return false;
	}

	/** How many bytes {@link #isPlausible} needs, from a header with a length on. */
	static int plausibilityLength(byte[] bytes, int offset) {
		return HEADER_LENGTH + Bytes.i32(bytes, offset + 1) + (int) Math.min(Bytes.u32(bytes, offset + 5), 5);
	}

	/**
	 * Whether a header with a length may be one that was written, by what is cheap to
	 * see: a tombstone has a value only if its key is reserved, and a put's value begins
	 * with how long it is uncompressed, which bounds how long it is compressed.
	 */
	static boolean isPlausible(byte[] bytes, int offset) {
		int keyLength = Bytes.i32(bytes, offset + 1);
		long valueLength = Bytes.u32(bytes, offset + 5);
		if (bytes[offset] == TOMBSTONE) {
			return valueLength == 0 || Keys.isReserved(bytes, offset + HEADER_LENGTH, keyLength);
		}
		long uncompressed = 0;
		int at = offset + HEADER_LENGTH + keyLength;
		for (int i = 0; i < Math.min(valueLength, 5); i++) {
			uncompressed |= (bytes[at + i] & 0x7FL) << (7 * i);
			if (bytes[at + i] >= 0) {
				return uncompressed <= valueLength * MAX_RATIO
						&& valueLength <= MAX_COMPRESSED_EXTRA + uncompressed + uncompressed / 6;
			}
		}
		return false;
	}

	/**
	 * The uncompressed value of an entry that was found through the index: its checksum
	 * is verified first, then its key is compared, then it is decompressed.
	 * @param bytes where the entry stands
	 * @param offset where it begins
	 * @param length how long it is by the index
	 * @param key the key asked for
	 * @param file the name of the file or object, for messages
	 * @param fileOffset the entry's offset in it, for messages
	 * @throws CorruptDataException if it is not that key's whole entry
	 */
	public static byte[] value(byte[] bytes, int offset, int length, byte[] key, String file, long fileOffset) {
		verify(bytes, offset, length, file, fileOffset);
		int keyLength = Bytes.i32(bytes, offset + 1);
		if (!Arrays.equals(bytes, offset + HEADER_LENGTH, offset + HEADER_LENGTH + keyLength, key, 0, key.length)) {
			throw new CorruptDataException(at(file, fileOffset)
					+ "The entry is another key's: the index does not fit the file. Run verify(), then rebuildIndex()");
		}
		if (bytes[offset] != PUT) {
			throw new CorruptDataException(
					at(file, fileOffset) + "The index points to a tombstone. Run verify(), then rebuildIndex()");
		}
		return uncompressedValue(bytes, offset, length, file, fileOffset);
	}

	/**
	 * Makes sure that these bytes are one whole entry.
	 * @throws CorruptDataException if not
	 */
	public static void verify(byte[] bytes, int offset, int length, String file, long fileOffset) {
		if (length < OVERHEAD || length > bytes.length - offset || length(bytes, offset) != length) {
			throw new CorruptDataException(
					at(file, fileOffset) + "There is no entry of " + length + " bytes here, as the index says");
		}
		if (Bytes.crc32(bytes, offset, length - 4) != Bytes.i32(bytes, offset + length - 4)) {
			throw new CorruptDataException(at(file, fileOffset) + "The entry's checksum is wrong");
		}
	}

	/** The key of a verified entry. */
	public static byte[] key(byte[] bytes, int offset) {
		int keyLength = Bytes.i32(bytes, offset + 1);
		return Arrays.copyOfRange(bytes, offset + HEADER_LENGTH, offset + HEADER_LENGTH + keyLength);
	}

	/** The length of the key of a verified entry. */
	public static int keyLength(byte[] bytes, int offset) {
		return Bytes.i32(bytes, offset + 1);
	}

	/** The uncompressed value of a verified put. */
	public static byte[] uncompressedValue(byte[] bytes, int offset, int length, String file, long fileOffset) {
		int keyLength = Bytes.i32(bytes, offset + 1);
		int valueOffset = offset + HEADER_LENGTH + keyLength;
		int valueLength = length - OVERHEAD - keyLength;
		return uncompress(bytes, valueOffset, valueLength, file, fileOffset, "The value");
	}

	/**
	 * Uncompresses a Snappy block. The length that it announces is believed only as far
	 * as its own length allows (snappy-java sees to that itself, but not in every version
	 * that an application may bring).
	 * @param what what the block is, for the message
	 * @throws CorruptDataException if it is none
	 */
	static byte[] uncompress(byte[] bytes, int offset, int length, String file, long fileOffset, String what) {
		byte[] literal = literal(bytes, offset, length);
		if (literal != null) {
			return literal;
		}
		try {
			int announced = Snappy.uncompressedLength(bytes, offset, length);
			if (announced < 0 || announced > (long) length * MAX_RATIO) {
				throw new CorruptDataException(at(file, fileOffset) + what + " is no Snappy block");
			}
			byte[] uncompressed = new byte[announced];
			if (Snappy.uncompress(bytes, offset, length, uncompressed, 0) != announced) {
				throw new CorruptDataException(at(file, fileOffset) + what + " is a Snappy block that is too short");
			}
			return uncompressed;
		}
		catch (IOException ex) {
			throw new CorruptDataException(at(file, fileOffset) + what + " is no Snappy block", ex);
		}
	}

	/**
	 * What a block holds that is one literal, as those of short values and of values that
	 * do not compress are: a copy, without a call of native code. Null if it is another.
	 * It begins with the uncompressed length, 7 bits a byte, and the literal with its
	 * length: in the high 6 bits of one byte, or, where these are 60 or 61, in one or two
	 * bytes after it.
	 */
	private static byte @Nullable [] literal(byte[] bytes, int offset, int length) {
		int at = offset;
		int end = offset + length;
		int announced = 0;
		for (int shift = 0;; shift += 7) {
			if (at == end || shift > 14) {
				return null;
			}
			announced |= (bytes[at] & 0x7F) << shift;
			if (bytes[at++] >= 0) {
				break;
			}
		}
		// Anything but a literal of what is left, and of what was announced, is another.
		if (at == end) {
			return (announced == 0) ? new byte[0] : null;
		}
		int tag = bytes[at++] & 0xFF;
		int literal = tag >>> 2;
		int extra = (literal < 60) ? 0 : literal - 59;
		if ((tag & 3) != 0 || extra > 2 || at + extra > end) {
			return null;
		}
		if (extra == 1) {
			literal = bytes[at] & 0xFF;
		}
		else if (extra == 2) {
			literal = (bytes[at] & 0xFF) | ((bytes[at + 1] & 0xFF) << 8);
		}
		at += extra;
		return (literal + 1 == announced && at + announced == end) ? Arrays.copyOfRange(bytes, at, end) : null;
	}

	static String at(String file, long offset) {
		return file + " at offset " + offset + ": ";
	}

}
