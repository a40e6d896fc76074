package io.s4db.reference;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;

import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/**
 * The reference's data files, byte by byte.
 */
final class ReferenceFormat {

	/** Magic, version, number. */
	static final int HEADER_SIZE = 9;

	/** Flags, key length, value length. */
	private static final int ENTRY_HEADER_SIZE = 9;

	private static final byte[] MAGIC = "S4DB".getBytes(StandardCharsets.US_ASCII);

	private ReferenceFormat() {
	}

	static String dataFileName(long number) {
		return "data_%06d.s4db".formatted(number);
	}

	static byte[] encodeHeader(long number) {
		return ByteBuffer.allocate(HEADER_SIZE).put(MAGIC).put((byte) 1).putInt((int) number).array();
	}

	/** The number in a header; its version is not looked at. */
	static long decodeHeader(byte[] file) {
		if (!Arrays.equals(file, 0, Math.min(4, file.length), MAGIC, 0, 4)) {
			throw new IllegalStateException("Not a data file");
		}
		return Integer.toUnsignedLong(ByteBuffer.wrap(file).getInt(5));
	}

	/** A value of null makes a tombstone. */
	static byte[] encodeEntry(String key, @Nullable String value) {
		byte[] keyBytes = encodeUtf8(key);
		byte[] valueBytes = (value != null) ? compress(encodeUtf8(value)) : new byte[0];
		ByteBuffer entry = ByteBuffer.allocate(ENTRY_HEADER_SIZE + keyBytes.length + valueBytes.length + 4);
		entry.put((byte) ((value != null) ? 0 : 1)).putInt(keyBytes.length).putInt(valueBytes.length);
		entry.put(keyBytes).put(valueBytes);
		entry.putInt(crc(entry.array(), entry.position()));
		return entry.array();
	}

	/** The value of a whole entry; whose key it has is not looked at. */
	static @Nullable String decodeValue(byte[] entry) {
		try {
			ByteBuffer buffer = ByteBuffer.wrap(entry);
			byte flags = buffer.get();
			int keyLength = buffer.getInt();
			int valueLength = buffer.getInt();
			int valueStart = Math.addExact(ENTRY_HEADER_SIZE, keyLength);
			int end = Math.addExact(valueStart, valueLength);
			Objects.checkFromToIndex(valueStart, end, entry.length);
			String value = (flags == 1) ? null
					: decodeUtf8(Snappy.uncompress(Arrays.copyOfRange(entry, valueStart, end)));
			if (buffer.getInt(end) != crc(entry, end)) {
				throw new IllegalStateException("The checksum of an entry is wrong");
			}
			return value;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException
				| ArithmeticException ex) {
			throw new IllegalStateException("An entry is not as long as it says", ex);
		}
	}

	/**
	 * Every entry of a data file, without a look at checksums. A last entry that is cut
	 * short comes like any other; only one with less than its header does not.
	 */
	static List<RawEntry> scan(byte[] file) {
		List<RawEntry> entries = new ArrayList<>();
		int offset = HEADER_SIZE;
		while (file.length - offset >= ENTRY_HEADER_SIZE) {
			ByteBuffer header = ByteBuffer.wrap(file, offset, ENTRY_HEADER_SIZE);
			byte flags = header.get();
			long keyLength = Integer.toUnsignedLong(header.getInt());
			long valueLength = Integer.toUnsignedLong(header.getInt());
			int keyStart = offset + ENTRY_HEADER_SIZE;
			int keyEnd = (int) Math.min(keyStart + keyLength, file.length);
			int end = (int) Math.min(keyStart + keyLength + valueLength + 4, file.length);
			String key = decodeUtf8(Arrays.copyOfRange(file, keyStart, keyEnd));
			entries.add(new RawEntry(offset, Arrays.copyOfRange(file, offset, end), key, flags == 1));
			offset = end;
		}
		return entries;
	}

	static byte[] concatenate(List<byte[]> parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		parts.forEach(all::writeBytes);
		return all.toByteArray();
	}

	/** Strictly: what is not UTF-8 is an error. */
	static String decodeUtf8(byte[] bytes) {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			throw new IllegalStateException("Not UTF-8", ex);
		}
	}

	/** Strictly: an unpaired surrogate is an error. */
	static byte[] encodeUtf8(String string) {
		try {
			ByteBuffer buffer = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(string));
			byte[] bytes = new byte[buffer.remaining()];
			buffer.get(bytes);
			return bytes;
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("Has no UTF-8 form", ex);
		}
	}

	private static byte[] compress(byte[] bytes) {
		try {
			return Snappy.compress(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int crc(byte[] bytes, int length) {
		CRC32 crc = new CRC32();
		crc.update(bytes, 0, length);
		return (int) crc.getValue();
	}

	/** An entry as it stands in a file. */
	@SuppressWarnings("ArrayRecordComponent")
	record RawEntry(long offset, byte[] bytes, String key, boolean tombstone) {
	}

}
