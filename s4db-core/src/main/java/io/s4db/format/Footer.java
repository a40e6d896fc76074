package io.s4db.format;

import java.util.Arrays;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The last entry of every sealed data file: a tombstone for the reserved key
 * {@code U+0000 s4db.footer} whose value says what the file is and, where that is much
 * smaller than the file, what keys it has, so that one request for the file's end gives
 * all keys without the values.
 *
 * <pre>
 * 1   version         1
 * 1   flags           bit 0: there is a table
 * 16  id              UUID of the file, drawn when it was sealed
 * 8   data end        where the entries end and the footer begins
 * 4   entries         how many, batch marks and the footer not counted
 * 4   data checksum   CRC-32C of the bytes from 9 (after the header) to the data end
 * …   table           one raw Snappy block; a row for each entry and batch mark, in order:
 *                       varint  key length * 4 + kind (0 put, 1 tombstone, 2 batch mark)
 *                       varint  stored length of the value (puts only)
 *                       bytes   the key (none for a batch mark)
 * 4   footer length   of the whole entry, from its flags to its CRC
 * 4   magic           S4FT
 * </pre>
 *
 * The CRC-32 of the entry follows, as for all entries: so the file's last
 * {@value #END_LENGTH} bytes tell where the footer begins. A varint has seven bits a
 * byte, the lowest first; the eighth bit says that more follow.
 */
@SuppressWarnings("ArrayRecordComponent")
public record Footer(UUID id, long dataEnd, long entries, int dataChecksum, byte @Nullable [] table, int length) {

	static final int VERSION = 1;

	static final int FLAG_TABLE = 1;

	static final int MAGIC = 0x53344654;

	static final int FIXED_LENGTH = 34;

	static final int TAIL_LENGTH = 8;

	static final int ROW_BATCH_MARK = 2;

	/** Bytes at a file's end from which the footer's length can be read. */
	public static final int END_LENGTH = TAIL_LENGTH + 4;

	/** The length of a footer without a table: none is shorter. */
	public static final int MIN_LENGTH = EntryFormat.OVERHEAD + Keys.FOOTER.length + FIXED_LENGTH + TAIL_LENGTH;

	/**
	 * Sees the rows of a table.
	 */
	@FunctionalInterface
	public interface Visitor {

		/** One entry, where it stands in the file. */
		void visit(boolean tombstone, byte[] buffer, int keyOffset, int keyLength, long offset, int length);

	}

	/**
	 * The length of the footer of a file whose last bytes these are; -1 if it has none.
	 */
	public static long lengthFromEnd(byte[] fileEnd) {
		if (fileEnd.length < END_LENGTH || Bytes.i32(fileEnd, fileEnd.length - 8) != MAGIC) {
			return -1;
		}
		long length = Bytes.u32(fileEnd, fileEnd.length - END_LENGTH);
		return (length >= MIN_LENGTH) ? length : -1;
	}

	/**
	 * Reads a footer.
	 * @param bytes an array with the whole footer
	 * @param offset where it begins
	 * @param length how long it is
	 * @param file the file's name, for messages
	 * @param fileOffset where in the file it begins
	 * @throws CorruptDataException if it is damaged
	 */
	public static Footer parse(byte[] bytes, int offset, int length, String file, long fileOffset) {
		int value = verify(bytes, offset, length, file, fileOffset);
		byte[] table = null;
		if ((bytes[value + 1] & FLAG_TABLE) != 0) {
			table = EntryFormat.uncompress(bytes, value + FIXED_LENGTH, length - MIN_LENGTH, file, fileOffset,
					"The footer's table");
		}
		return new Footer(Bytes.uuid(bytes, value + 2), Bytes.i64(bytes, value + 18), Bytes.u32(bytes, value + 26),
				Bytes.i32(bytes, value + 30), table, length);
	}

	/**
	 * The id in a footer. Checks what {@link #parse} does but for the inside of the
	 * table, which takes most of its time.
	 * @throws CorruptDataException if it is damaged
	 */
	public static UUID parseId(byte[] bytes, int offset, int length, String file, long fileOffset) {
		return Bytes.uuid(bytes, verify(bytes, offset, length, file, fileOffset) + 2);
	}

	/** Where the value begins in a footer whose checksum, version and place are right. */
	private static int verify(byte[] bytes, int offset, int length, String file, long fileOffset) {
		EntryFormat.verify(bytes, offset, length, file, fileOffset);
		int keyLength = EntryFormat.keyLength(bytes, offset);
		int keyOffset = offset + EntryFormat.HEADER_LENGTH;
		if (length < MIN_LENGTH
				|| !Arrays.equals(bytes, keyOffset, keyOffset + keyLength, Keys.FOOTER, 0, Keys.FOOTER.length)) {
			throw new CorruptDataException(EntryFormat.at(file, fileOffset) + "There is no footer here");
		}
		int value = keyOffset + keyLength;
		if (bytes[value] != VERSION) {
			throw new UnsupportedFormatException(EntryFormat.at(file, fileOffset) + "Footer version "
					+ (bytes[value] & 0xFF) + " is not known to this release, which reads version " + VERSION);
		}
		long dataEnd = Bytes.i64(bytes, value + 18);
		if (dataEnd != fileOffset) {
			throw new CorruptDataException(
					EntryFormat.at(file, fileOffset) + "The footer says that it begins at " + dataEnd);
		}
		return value;
	}

	/** The size of the whole file. */
	public long fileLength() {
		return this.dataEnd + this.length;
	}

	/**
	 * Visits each put and tombstone in order.
	 * @param file the file's name, for messages
	 * @throws CorruptDataException if the table does not fit the file
	 * @throws IllegalStateException if there is no table
	 */
	public void forEachEntry(String file, Visitor visitor) {
		byte[] rows = this.table;
		if (rows == null) {
			throw new IllegalStateException(file + " has no table");
		}
		long offset = DataFileHeader.LENGTH;
		long seen = 0;
		int[] at = new int[1];
		while (at[0] < rows.length) {
			long head = varint(rows, at);
			if (head == ROW_BATCH_MARK) {
				offset += BatchMark.LENGTH;
				continue;
			}
			int kind = (int) (head & 3);
			long keyLength = head >> 2;
			long valueLength = (kind == EntryFormat.PUT) ? varint(rows, at) : 0;
			long length = EntryFormat.OVERHEAD + keyLength + valueLength;
			if (keyLength < 0 || keyLength > Math.min(Keys.MAX_LENGTH, rows.length - at[0])
					|| kind > EntryFormat.TOMBSTONE || valueLength < 0 || length < 0
					|| length > Math.min(Integer.MAX_VALUE, this.dataEnd - offset)) {
				throw new CorruptDataException(EntryFormat.at(file, this.dataEnd) + "The footer's table is damaged");
			}
			visitor.visit(kind == EntryFormat.TOMBSTONE, rows, at[0], (int) keyLength, offset, (int) length);
			at[0] += (int) keyLength;
			offset += length;
			seen++;
		}
		if (offset != this.dataEnd || seen != this.entries) {
			throw new CorruptDataException(
					EntryFormat.at(file, this.dataEnd) + "The footer's table does not fit the file");
		}
	}

	/** A varint; -1 if it does not end, or is too long. */
	private static long varint(byte[] bytes, int[] at) {
		long value = 0;
		for (int shift = 0; shift < 63 && at[0] < bytes.length; shift += 7) {
			byte b = bytes[at[0]++];
			value |= (long) (b & 0x7F) << shift;
			if (b >= 0) {
				return value;
			}
		}
		return -1;
	}

}
