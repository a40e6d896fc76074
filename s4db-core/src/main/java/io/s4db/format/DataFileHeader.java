package io.s4db.format;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;

/**
 * What a data file begins with.
 *
 * <pre>
 * 4  magic           S4DB
 * 1  version         1
 * 4  file number     the same as in the name; 0 in a pending file
 * </pre>
 */
public final class DataFileHeader {

	/** Bytes of the header. */
	public static final int LENGTH = 9;

	/** Where the number stands. */
	public static final int NUMBER_OFFSET = 5;

	private static final int MAGIC = 0x53344442;

	private static final int VERSION = 1;

	private DataFileHeader() {
	}

	/** The header of the file of that number. */
	public static byte[] of(long number) {
		byte[] header = new byte[LENGTH];
		Bytes.putI32(header, 0, MAGIC);
		header[4] = VERSION;
		Bytes.putI32(header, NUMBER_OFFSET, (int) number);
		return header;
	}

	/**
	 * The number in a header.
	 * @throws CorruptDataException if it is none
	 * @throws UnsupportedFormatException if its version is unknown
	 */
	public static long number(byte[] bytes, String file) {
		if (bytes.length < LENGTH || Bytes.i32(bytes, 0) != MAGIC) {
			throw new CorruptDataException(file + ": This is no data file: it does not begin with S4DB");
		}
		if (bytes[4] != VERSION) {
			throw new UnsupportedFormatException(file + ": Data file version " + (bytes[4] & 0xFF)
					+ " is not known to this release, which reads version " + VERSION);
		}
		return Bytes.u32(bytes, NUMBER_OFFSET);
	}

}
