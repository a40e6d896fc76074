package io.s4db.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of a data file one after the other, each verified by its checksum:
 * footers and batch marks as well. For one thread. Memory: the largest entry, at least a
 * megabyte.
 *
 * <p>
 * An entry that is not whole throws {@link CorruptDataException} and leaves the scanner
 * before it, so that {@link #offset()} says where the good ones end; {@link #resync()}
 * goes on behind it.
 */
public final class EntryScanner {

	private static final int CHUNK = 1 << 20;

	private final InputStream in;

	private final String file;

	private final long limit;

	private byte[] buffer = new byte[CHUNK];

	/** The part of the buffer that holds bytes: from the current entry on. */
	private int start;

	private int end;

	/** The file's offset of {@link #start}. */
	private long position;

	private int length;

	/**
	 * Scans entries.
	 * @param in the file's bytes from the offset on
	 * @param file its name, for messages
	 * @param offset where in the file the stream begins: at an entry
	 * @param limit where in the file to end
	 */
	public EntryScanner(InputStream in, String file, long offset, long limit) {
		this.in = in;
		this.file = file;
		this.position = offset;
		this.limit = limit;
	}

	/**
	 * Goes to the next entry.
	 * @return false at the end
	 * @throws CorruptDataException if what follows is no whole entry
	 * @throws IOException if the stream fails, or ends before the limit
	 */
	public boolean next() throws IOException {
		this.start += this.length;
		this.position += this.length;
		this.length = 0;
		long left = this.limit - this.position;
		if (left <= 0) {
			return false;
		}
		String problem = problem();
		if (problem != null) {
			throw new CorruptDataException(EntryFormat.at(this.file, this.position) + problem);
		}
		return true;
	}

	/** What is wrong with the entry here; null, with its length set, if nothing is. */
	private @Nullable String problem() throws IOException {
		long left = this.limit - this.position;
		if (left < EntryFormat.OVERHEAD) {
			return "The file ends within an entry";
		}
		fill(EntryFormat.OVERHEAD);
		long announced = EntryFormat.length(this.buffer, this.start);
		if (announced < 0) {
			return "There is no entry here";
		}
		if (announced > left || announced > Integer.MAX_VALUE - 64) {
			return "The file ends within an entry, or its length is wrong";
		}
		int candidate = (int) announced;
		fill(candidate);
		if (Bytes.crc32(this.buffer, this.start, candidate - 4) != Bytes.i32(this.buffer, this.start + candidate - 4)) {
			return "The entry's checksum is wrong";
		}
		this.length = candidate;
		return null;
	}

	/**
	 * After an entry that is not whole: goes to the next one that is, wherever it begins.
	 * @return false if there is none up to the end
	 */
	public boolean resync() throws IOException {
		while (this.limit - this.position > EntryFormat.OVERHEAD) {
			this.start++;
			this.position++;
			if (problem() == null) {
				return true;
			}
		}
		this.position = this.limit;
		return false;
	}

	private void fill(int wanted) throws IOException {
		if (this.end - this.start >= wanted) {
			return;
		}
		int have = this.end - this.start;
		if (this.start + wanted > this.buffer.length) {
			byte[] target = (wanted <= this.buffer.length) ? this.buffer : new byte[wanted + CHUNK];
			System.arraycopy(this.buffer, this.start, target, 0, have);
			this.buffer = target;
			this.start = 0;
			this.end = have;
		}
		while (this.end - this.start < wanted) {
			long unread = this.limit - this.position - (this.end - this.start);
			int read = this.in.read(this.buffer, this.end, (int) Math.min(this.buffer.length - this.end, unread));
			if (read <= 0) {
				throw new IOException(EntryFormat.at(this.file, this.position + this.end - this.start)
						+ "The bytes ended before the file should");
			}
			this.end += read;
		}
	}

	/** Where in the file the entry begins; at the end or an error, where it ended. */
	public long offset() {
		return this.position;
	}

	/** How long the entry is. */
	public int length() {
		return this.length;
	}

	/** The array that the entry stands in, until the next call. */
	public byte[] buffer() {
		return this.buffer;
	}

	/** Where in the array it begins. */
	public int bufferOffset() {
		return this.start;
	}

	/** Where in the array its key begins. */
	public int keyOffset() {
		return this.start + EntryFormat.HEADER_LENGTH;
	}

	/** How long its key is. */
	public int keyLength() {
		return EntryFormat.keyLength(this.buffer, this.start);
	}

	/** Its key, copied. */
	public byte[] key() {
		return EntryFormat.key(this.buffer, this.start);
	}

	/** Whether it deletes its key. */
	public boolean isTombstone() {
		return this.buffer[this.start] == EntryFormat.TOMBSTONE;
	}

	/** Whether it is s4db's own: a batch mark or a footer. */
	public boolean isReserved() {
		return isTombstone() && Keys.isReserved(this.buffer, keyOffset(), keyLength());
	}

	/** Whether it is a batch mark. */
	public boolean isBatchMark() {
		return BatchMark.is(this.buffer, this.start);
	}

	/**
	 * The length of the batch that follows a mark.
	 * @throws CorruptDataException if the mark is damaged
	 * @throws UnsupportedFormatException if its version is unknown
	 */
	public long batchLength() {
		return BatchMark.batchLength(this.buffer, this.start, this.length, this.file, this.position);
	}

	/** Whether it is a footer. */
	public boolean isFooter() {
		return isTombstone() && Arrays.equals(this.buffer, keyOffset(), keyOffset() + keyLength(), Keys.FOOTER, 0,
				Keys.FOOTER.length);
	}

	/** Its uncompressed value: a put's. */
	public byte[] value() {
		return EntryFormat.uncompressedValue(this.buffer, this.start, this.length, this.file, this.position);
	}

	/** The entry, copied. */
	public byte[] copy() {
		return Arrays.copyOfRange(this.buffer, this.start, this.start + this.length);
	}

}
