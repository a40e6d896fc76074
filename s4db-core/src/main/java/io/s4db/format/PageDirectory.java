package io.s4db.format;

import java.util.Arrays;
import java.util.zip.CRC32C;

import io.s4db.CorruptDataException;

/**
 * Where the pages of a sorted index file are, so that a key is found by reading one of
 * them. A page is some KiB of whole entries; the first begins right after the file's
 * header, each other where the one before it ends. In bytes:
 *
 * <pre>
 * 4  pages               how many rows follow
 *    4  length           a row for each page
 *    4  checksum         CRC-32C of its bytes
 *    4  entries
 *    2  separator length
 *    s  separator
 * 2  key length
 * k  the greatest key
 * </pre>
 *
 * The separator before a page is the shortest beginning of its first key that is greater
 * than the last key of the page before; before the first page it is empty. Immutable.
 */
public final class PageDirectory {

	/** A separator of more bytes is long. */
	private static final int LONG = 1 << 10;

	/**
	 * A page has at least so many times the bytes of a long separator: or long keys that
	 * are alike would make what leads to the pages as large as these.
	 */
	private static final int SEPARATORS = 16;

	/** Bytes of a row without its separator. */
	private static final int ROW = 4 + 4 + 4 + 2;

	private final byte[] bytes;

	private final int pages;

	/** Where the greatest key begins in the bytes. */
	private final int last;

	private final long entries;

	private PageDirectory(byte[] bytes, int pages, int last, long entries) {
		this.bytes = bytes;
		this.pages = pages;
		this.last = last;
		this.entries = entries;
	}

	/**
	 * Sees the pages, in order.
	 */
	@FunctionalInterface
	public interface Visitor {

		/**
		 * One page.
		 * @param separators the array in which its separator stands
		 */
		void visit(int length, int checksum, int entries, byte[] separators, int separatorOffset, int separatorLength);

	}

	/** Shows each page. */
	public void forEach(Visitor visitor) {
		int at = 4;
		for (int page = 0; page < this.pages; page++) {
			int separator = Bytes.u16(this.bytes, at + 12);
			visitor.visit(Bytes.i32(this.bytes, at), Bytes.i32(this.bytes, at + 4), Bytes.i32(this.bytes, at + 8),
					this.bytes, at + ROW, separator);
			at += ROW + separator;
		}
	}

	/** Where the first page begins in the file. */
	public static long firstPage() {
		return IndexWriter.HEADER_LENGTH;
	}

	/** How many pages there are. */
	public int pages() {
		return this.pages;
	}

	/** How many entries all pages have together. */
	public long entries() {
		return this.entries;
	}

	/** The greatest key; empty if there is none. */
	public byte[] lastKey() {
		return Arrays.copyOfRange(this.bytes, this.last, this.bytes.length);
	}

	/** How many bytes it takes. */
	int length() {
		return this.bytes.length;
	}

	void copyTo(byte[] target, int offset) {
		System.arraycopy(this.bytes, 0, target, offset, this.bytes.length);
	}

	/**
	 * Reads one, whose checksum is right.
	 * @throws CorruptDataException if it is none
	 */
	static PageDirectory read(byte[] bytes, String name) {
		int end = bytes.length - 2;
		long pages = (end >= 4) ? Bytes.u32(bytes, 0) : 0;
		long entries = 0;
		int at = 4;
		for (long page = 0; page < pages; page++) {
			if (end - at < ROW) {
				throw corrupt(name);
			}
			int length = Bytes.i32(bytes, at);
			int count = Bytes.i32(bytes, at + 8);
			if (count <= 0 || length < (long) count * IndexWriter.ENTRY_OVERHEAD) {
				throw corrupt(name);
			}
			entries += count;
			at += ROW + Bytes.u16(bytes, at + 12);
		}
		if (end < at || at + 2 + Bytes.u16(bytes, at) != bytes.length) {
			throw corrupt(name);
		}
		return new PageDirectory(bytes, (int) pages, at + 2, entries);
	}

	private static CorruptDataException corrupt(String name) {
		return new CorruptDataException(name + ": The page directory does not fit its length");
	}

	/** Collects the pages of entries that come in the order of their keys. */
	static final class Builder {

		private final int pageBytes;

		private final CRC32C crc = new CRC32C();

		private byte[] bytes = new byte[1 << 10];

		private int end = 4;

		private int pages;

		private long entries;

		/** Of the page that is not full yet. */
		private int count;

		private byte[] last = new byte[64];

		private int lastLength;

		/**
		 * @param pageBytes a page ends with the first entry that makes it so long
		 */
		Builder(int pageBytes) {
			this.pageBytes = pageBytes;
		}

		/**
		 * The entry of a key comes next.
		 * @throws IllegalArgumentException if the key does not come after the one before
		 */
		void next(byte[] key, int offset, int length) {
			if (this.entries > 0
					&& Arrays.compareUnsigned(this.last, 0, this.lastLength, key, offset, offset + length) >= 0) {
				throw new IllegalArgumentException(
						"Key " + (this.entries + 1) + " of an index does not come after the one before it");
			}
			if (this.count == 0) {
				int separator = (this.entries == 0) ? 0
						: 1 + Arrays.mismatch(this.last, 0, this.lastLength, key, offset, offset + length);
				need(ROW + separator);
				Bytes.putU16(this.bytes, this.end + 12, separator);
				System.arraycopy(key, offset, this.bytes, this.end + ROW, separator);
			}
			if (length > this.last.length) {
				this.last = new byte[Math.max(length, 2 * this.last.length)];
			}
			System.arraycopy(key, offset, this.last, 0, length);
			this.lastLength = length;
			this.count++;
			this.entries++;
		}

		/** Whether a page of that length, which has an entry, is full. */
		boolean isFull(int length) {
			int separator = Bytes.u16(this.bytes, this.end + 12);
			return length >= this.pageBytes && (separator <= LONG || length >= SEPARATORS * separator);
		}

		/** Ends a page. */
		void end(byte[] source, int offset, int length) {
			this.crc.reset();
			this.crc.update(source, offset, length);
			Bytes.putI32(this.bytes, this.end, length);
			Bytes.putI32(this.bytes, this.end + 4, (int) this.crc.getValue());
			Bytes.putI32(this.bytes, this.end + 8, this.count);
			this.end += ROW + Bytes.u16(this.bytes, this.end + 12);
			this.pages++;
			this.count = 0;
		}

		PageDirectory build() {
			need(2 + this.lastLength);
			Bytes.putI32(this.bytes, 0, this.pages);
			Bytes.putU16(this.bytes, this.end, this.lastLength);
			System.arraycopy(this.last, 0, this.bytes, this.end + 2, this.lastLength);
			return new PageDirectory(Arrays.copyOf(this.bytes, this.end + 2 + this.lastLength), this.pages,
					this.end + 2, this.entries);
		}

		private void need(int more) {
			if (this.end + more > this.bytes.length) {
				this.bytes = Arrays.copyOf(this.bytes, Math.max(this.end + more, 2 * this.bytes.length));
			}
		}

	}

}
