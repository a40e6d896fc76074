package io.s4db.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

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
 * Entries that come in the order of their keys may be written in pages, which the trailer
 * leads to ({@link PageDirectory}).
 * <p>
 * For one thread. Memory: 64 KiB, whatever the size, and what the directory takes.
 */
public final class IndexWriter {

	static final int VERSION = 1;

	static final int HEADER_LENGTH = 9;

	static final int ENTRY_OVERHEAD = 18;

	private static final int BUFFER = 64 << 10;

	private final OutputStream out;

	private final CRC32C crc = new CRC32C();

	private byte[] buffer;

	/** Null where there are no pages. */
	private final PageDirectory.@Nullable Builder pages;

	/** Where in the buffer the page begins that is not full yet. */
	private int pageStart;

	private int end;

	private long written;

	private int trailerLength;

	/**
	 * Starts a file.
	 * @param out where to; not closed
	 * @param next the next file number to announce
	 * @param entries how many entries will be added
	 */
	public IndexWriter(OutputStream out, long next, long entries) {
		this(out, next, entries, 0);
	}

	/**
	 * Starts a file of entries that come in the order of their keys, in pages.
	 * @param out where to; not closed
	 * @param next the next file number to announce
	 * @param entries how many entries will be added
	 * @param pageBytes a page ends with the first entry that makes it so long; 0 for none
	 */
	public IndexWriter(OutputStream out, long next, long entries, int pageBytes) {
		this.out = out;
		this.pages = (pageBytes > 0) ? new PageDirectory.Builder(pageBytes) : null;
		this.buffer = new byte[BUFFER + pageBytes + ENTRY_OVERHEAD + Keys.MAX_LENGTH];
		this.buffer[0] = VERSION;
		Bytes.putI32(this.buffer, 1, (int) next);
		Bytes.putI32(this.buffer, 5, (int) entries);
		this.end = HEADER_LENGTH;
		this.pageStart = HEADER_LENGTH;
	}

	/**
	 * Adds an entry.
	 * @throws IllegalArgumentException if there are pages, and the key does not come
	 * after the one before it
	 */
	public void add(byte[] key, int keyOffset, int keyLength, long file, long offset, int length) throws IOException {
		if (this.pages != null) {
			this.pages.next(key, keyOffset, keyLength);
		}
		if (this.buffer.length - this.end < ENTRY_OVERHEAD + keyLength) {
			// A page is longer where what tells keys apart is long.
			this.buffer = Arrays.copyOf(this.buffer, 2 * this.buffer.length);
		}
		byte[] target = this.buffer;
		int at = this.end;
		Bytes.putU16(target, at, keyLength);
		System.arraycopy(key, keyOffset, target, at + 2, keyLength);
		at += 2 + keyLength;
		Bytes.putI32(target, at, (int) file);
		Bytes.putI64(target, at + 4, offset);
		Bytes.putI32(target, at + 12, length);
		this.end = at + 16;
		if (this.pages != null) {
			if (this.pages.isFull(this.end - this.pageStart)) {
				endPage(this.pages);
			}
		}
		else if (this.end >= BUFFER) {
			flush();
		}
	}

	private void endPage(PageDirectory.Builder directory) throws IOException {
		directory.end(this.buffer, this.pageStart, this.end - this.pageStart);
		this.pageStart = this.end;
		if (this.end >= BUFFER) {
			flush();
			this.pageStart = 0;
		}
	}

	private void flush() throws IOException {
		this.crc.update(this.buffer, 0, this.end);
		this.out.write(this.buffer, 0, this.end);
		this.written += this.end;
		this.end = 0;
	}

	/**
	 * Ends the file of pages with its trailer.
	 * @param live what is live of each of the trailer's data files
	 * @throws IllegalArgumentException if there are more files than it has room for
	 */
	public void finish(IndexTrailer trailer, List<IndexTrailer.Live> live) throws IOException {
		PageDirectory.Builder directory = java.util.Objects.requireNonNull(this.pages);
		if (this.end > this.pageStart) {
			endPage(directory);
		}
		finish(new IndexTrailer(trailer.delta(), trailer.fromSeq(), trailer.seq(), trailer.commit(), trailer.files(),
				trailer.removed(), new IndexTrailer.Pages(directory.build(), live)));
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
		this.trailerLength = bytes.length;
	}

	/** Ends the file as the reference does, without a trailer. */
	public void finishWithoutTrailer() throws IOException {
		flush();
	}

	/** How many bytes the trailer took. */
	public int trailerLength() {
		return this.trailerLength;
	}

	/** How many bytes were written. */
	public long written() {
		return this.written;
	}

	private byte[] trailer(IndexTrailer trailer) {
		byte[] removed = trailer.removed().toString().getBytes(StandardCharsets.US_ASCII);
		IndexTrailer.Pages paged = trailer.pages();
		long needed = IndexTrailer.MIN_LENGTH + (long) trailer.files().size() * IndexTrailer.ROW_LENGTH + removed.length
				+ ((paged != null) ? length(paged) : 0);
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
		if (paged != null) {
			at = put(paged, bytes, at);
		}
		this.crc.update(bytes, 0, at);
		Bytes.putI32(bytes, at, (int) this.crc.getValue());
		bytes[at + 4] = (byte) (trailer.delta() ? 1 : 0);
		Bytes.putI64(bytes, at + 5, trailer.fromSeq());
		Bytes.putI64(bytes, at + 13, trailer.seq());
		Bytes.putUuid(bytes, at + 21, trailer.commit());
		Bytes.putI32(bytes, at + 37, length);
		bytes[at + 41] = (byte) ((paged != null) ? IndexTrailer.PAGED : IndexTrailer.VERSION);
		Bytes.putI32(bytes, at + 42, Bytes.crc32c(bytes, at, 42));
		Bytes.putI32(bytes, at + 46, IndexTrailer.MAGIC);
		return bytes;
	}

	private static long length(IndexTrailer.Pages paged) {
		return (long) paged.live().size() * IndexTrailer.LIVE_LENGTH + paged.directory().length() + 4;
	}

	private static int put(IndexTrailer.Pages paged, byte[] bytes, int offset) {
		int at = offset;
		for (IndexTrailer.Live live : paged.live()) {
			Bytes.putI64(bytes, at, live.entries());
			Bytes.putI64(bytes, at + 8, live.bytes());
			at += IndexTrailer.LIVE_LENGTH;
		}
		paged.directory().copyTo(bytes, at);
		at += paged.directory().length();
		Bytes.putI32(bytes, at, Bytes.crc32c(bytes, 0, at));
		return at + 4;
	}

}
