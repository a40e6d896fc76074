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
 * megabyte if the file has that.
 *
 * <p>
 * An entry that is not whole throws {@link CorruptDataException} and leaves the scanner
 * before it, so that {@link #offset()} says where the good ones end; {@link #resync()}
 * goes on behind it.
 */
public final class EntryScanner {

	private static final int CHUNK = 1 << 20;

	private static final int MAX_ARRAY = Integer.MAX_VALUE - 64;

	private final InputStream in;

	private final String file;

	private final long limit;

	private byte[] buffer;

	/** The part of the buffer that holds bytes: from the current entry on. */
	private int start;

	private int end;

	/** The file's offset of {@link #start}. */
	private long position;

	private int length;

	/** The length of what {@link #problem} found whole. */
	private int found;

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
		this.buffer = new byte[(int) Math.min(CHUNK, Math.max(0, limit - offset))];
	}

	/**
	 * Goes to the next entry.
	 * @return false at the end
	 * @throws CorruptDataException if what follows is no whole entry
	 * @throws IOException if the stream fails, or ends before the limit
	 */
	public boolean next() throws IOException {
		advance(this.length);
		this.length = 0;
		if (this.position >= this.limit) {
			return false;
		}
		String problem = problem(0);
		if (problem != null) {
			throw new CorruptDataException(EntryFormat.at(this.file, this.position) + problem);
		}
		this.length = this.found;
		return true;
	}

	/**
	 * What is wrong with the entry that begins so many bytes ahead; null, with its length
	 * in {@link #found}, if nothing is.
	 */
	private @Nullable String problem(int ahead) throws IOException {
		long left = this.limit - this.position - ahead;
		if (left < EntryFormat.OVERHEAD) {
			return "The file ends within an entry";
		}
		fill(ahead + EntryFormat.OVERHEAD);
		long announced = EntryFormat.length(this.buffer, this.start + ahead);
		if (announced < 0) {
			return "There is no entry here";
		}
		if (announced > left || announced > MAX_ARRAY - ahead) {
			return "The file ends within an entry, or its length is wrong";
		}
		int candidate = (int) announced;
		fill(ahead + candidate);
		int at = this.start + ahead;
		if (Bytes.crc32(this.buffer, at, candidate - 4) != Bytes.i32(this.buffer, at + candidate - 4)) {
			return "The entry's checksum is wrong";
		}
		this.found = candidate;
		return null;
	}

	/**
	 * After an entry that is not whole: goes to the next one that is. If the damaged
	 * entry's own length leads to it, what its value holds is passed over, unless whole
	 * entries lead there as well, so that it was the length that is wrong. Else the next
	 * is wherever one begins: then an entry that stands word for word in a value (of a
	 * data file kept as a value, for instance) cannot be told from one of this file.
	 * @return false if there is none up to the end
	 */
	public boolean resync() throws IOException {
		this.length = 0;
		int damaged = announced();
		if (damaged > 0) {
			advance(firstThatLeadsTo(damaged));
			if (this.position == this.limit) {
				return false;
			}
			return next();
		}
		while (this.limit - this.position > EntryFormat.OVERHEAD) {
			advance(1);
			if (isWhole(0)) {
				this.length = this.found;
				return true;
			}
		}
		this.position = this.limit;
		return false;
	}

	/**
	 * The length in a damaged entry's header if it leads to an entry or to the end; else
	 * 0.
	 */
	private int announced() throws IOException {
		long left = this.limit - this.position;
		if (left < EntryFormat.OVERHEAD) {
			return 0;
		}
		fill(EntryFormat.OVERHEAD);
		long announced = EntryFormat.OVERHEAD + Bytes.u32(this.buffer, this.start + 1)
				+ Bytes.u32(this.buffer, this.start + 5);
		if (announced > left || announced > MAX_ARRAY) {
			return 0;
		}
		fill((int) announced);
		return (announced == left || problem((int) announced) == null) ? (int) announced : 0;
	}

	private int firstThatLeadsTo(int target) throws IOException {
		int ahead = 1;
		while (ahead < target) {
			int at = ahead;
			while (at < target && isWhole(at)) {
				at += this.found;
			}
			if (at >= target) {
				return ahead;
			}
			ahead = Math.max(ahead + 1, at);
		}
		return target;
	}

	/** Like {@link #problem}, for where no entry need be: without checksums in vain. */
	private boolean isWhole(int ahead) throws IOException {
		long left = this.limit - this.position - ahead;
		if (left < EntryFormat.OVERHEAD) {
			return false;
		}
		fill(ahead + EntryFormat.OVERHEAD);
		long announced = EntryFormat.length(this.buffer, this.start + ahead);
		if (announced < 0 || announced > left) {
			return false;
		}
		fill(ahead + EntryFormat.plausibilityLength(this.buffer, this.start + ahead));
		return EntryFormat.isPlausible(this.buffer, this.start + ahead) && problem(ahead) == null;
	}

	private void advance(int bytes) {
		this.start += bytes;
		this.position += bytes;
	}

	/** Sees to it that so many bytes from the current entry on are in the buffer. */
	private void fill(int wanted) throws IOException {
		if (this.end - this.start >= wanted) {
			return;
		}
		int have = this.end - this.start;
		if (this.start + (long) wanted > this.buffer.length) {
			byte[] target = (wanted <= this.buffer.length) ? this.buffer
					: new byte[(int) Math.min(MAX_ARRAY, wanted + (long) CHUNK)];
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
