package io.s4db.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Writes an index file: the reference's format, then our {@link IndexTrailer}.
 *
 * <pre>
 * 1  version           1
 * 4  next file number  one more than the highest number ever used
 * 4  entries           how many follow
 *    2  key length       an entry for each live key, in any order
 *    k  key              UTF-8
 *    4  file number      in a delta, 0: the key was deleted
 *    8  offset           of the entry in its file
 *    4  length           of the whole entry, its CRC included
 * …  trailer
 * </pre>
 *
 * For one thread. Memory: 64 KiB, whatever the size.
 */
public final class IndexWriter {

	static final int VERSION = 1;

	static final int HEADER_LENGTH = 9;

	static final int ENTRY_OVERHEAD = 18;

	private static final int BUFFER = 64 << 10;

	private final OutputStream out;

	private final CRC32C crc = new CRC32C();

	private final byte[] buffer = new byte[BUFFER + ENTRY_OVERHEAD + Keys.MAX_LENGTH];

	private int end;

	private long written;

	/**
	 * Starts a file.
	 * @param out where to; not closed
	 * @param next the next file number to announce
	 * @param entries how many entries will be added
	 */
	public IndexWriter(OutputStream out, long next, long entries) {
		this.out = out;
		this.buffer[0] = VERSION;
		Bytes.putI32(this.buffer, 1, (int) next);
		Bytes.putI32(this.buffer, 5, (int) entries);
		this.end = HEADER_LENGTH;
	}

	/** Adds an entry. */
	public void add(byte[] key, int keyOffset, int keyLength, long file, long offset, int length) throws IOException {
		byte[] target = this.buffer;
		int at = this.end;
		Bytes.putU16(target, at, keyLength);
		System.arraycopy(key, keyOffset, target, at + 2, keyLength);
		at += 2 + keyLength;
		Bytes.putI32(target, at, (int) file);
		Bytes.putI64(target, at + 4, offset);
		Bytes.putI32(target, at + 12, length);
		this.end = at + 16;
		if (this.end >= BUFFER) {
			flush();
		}
	}

	private void flush() throws IOException {
		this.crc.update(this.buffer, 0, this.end);
		this.out.write(this.buffer, 0, this.end);
		this.written += this.end;
		this.end = 0;
	}

	/**
	 * Ends the file with its trailer.
	 * @throws IllegalArgumentException if there are more files than it has room for
	 */
	public void finish(IndexTrailer trailer) throws IOException {
		flush();
		byte[] bytes = trailer(trailer);
		this.out.write(bytes);
		this.written += bytes.length;
	}

	/** Ends the file as the reference does, without a trailer. */
	public void finishWithoutTrailer() throws IOException {
		flush();
	}

	/** How many bytes were written. */
	public long written() {
		return this.written;
	}

	private byte[] trailer(IndexTrailer trailer) {
		byte[] removed = trailer.removed().toString().getBytes(StandardCharsets.US_ASCII);
		long needed = IndexTrailer.MIN_LENGTH + (long) trailer.files().size() * IndexTrailer.ROW_LENGTH
				+ removed.length;
		if (needed > IndexTrailer.MAX_LENGTH) {
			throw new IllegalArgumentException("An index has no room for " + trailer.files().size()
					+ " data files. Compact them, with a larger maximum file size");
		}
		int length = (int) needed;
		byte[] bytes = new byte[length];
		Bytes.putI32(bytes, 0, trailer.files().size());
		int at = 4;
		for (FileRecord file : trailer.files()) {
			Bytes.putI32(bytes, at, (int) file.number());
			Bytes.putI64(bytes, at + 4, file.bytes());
			Bytes.putI64(bytes, at + 12, file.entries());
			Bytes.putI32(bytes, at + 20, file.footerLength());
			UUID id = file.id();
			if (id != null) {
				Bytes.putUuid(bytes, at + 24, id);
			}
			at += IndexTrailer.ROW_LENGTH;
		}
		Bytes.putI32(bytes, at, removed.length);
		System.arraycopy(removed, 0, bytes, at + 4, removed.length);
		at += 4 + removed.length;
		this.crc.update(bytes, 0, at);
		Bytes.putI32(bytes, at, (int) this.crc.getValue());
		bytes[at + 4] = (byte) (trailer.delta() ? 1 : 0);
		Bytes.putI64(bytes, at + 5, trailer.fromSeq());
		Bytes.putI64(bytes, at + 13, trailer.seq());
		Bytes.putUuid(bytes, at + 21, trailer.commit());
		Bytes.putI32(bytes, at + 37, length);
		bytes[at + 41] = IndexTrailer.VERSION;
		Bytes.putI32(bytes, at + 42, Bytes.crc32c(bytes, at, 42));
		Bytes.putI32(bytes, at + 46, IndexTrailer.MAGIC);
		return bytes;
	}

}
