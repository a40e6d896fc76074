package io.s4db.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Reads an index file, ours or the reference's ({@link IndexWriter} has the layout). The
 * entries are handed on before the checksum at the end is known: whoever takes them must
 * be able to throw them away. For one thread. Memory: 128 KiB besides the trailer.
 */
public final class IndexReader {

	/** Bytes of the smallest entry. */
	public static final int MIN_ENTRY = IndexWriter.ENTRY_OVERHEAD;

	private static final UUID NO_ID = new UUID(0, 0);

	private final InputStream in;

	private final String name;

	private final CRC32C crc = new CRC32C();

	private final byte[] buffer = new byte[2 * (64 << 10)];

	private int start;

	private int end;

	/** Up to where the checksum covers the buffer. */
	private int summed;

	private boolean exhausted;

	private long position;

	private long next;

	/**
	 * Sees the entries.
	 */
	@FunctionalInterface
	public interface Visitor {

		/** One entry; file 0 in a delta says that the key was deleted. */
		void visit(byte[] buffer, int keyOffset, int keyLength, long file, long offset, int length);

	}

	/**
	 * Reads a file.
	 * @param in its bytes; not closed
	 * @param name its name, for messages
	 */
	public IndexReader(InputStream in, String name) {
		this.in = in;
		this.name = name;
	}

	/**
	 * How many entries the file announces, which may be damaged. Before the others.
	 * @throws CorruptDataException if it is cut short
	 * @throws IOException if the stream fails
	 */
	public long entries() throws IOException {
		need(IndexWriter.HEADER_LENGTH);
		return Bytes.u32(this.buffer, this.start + 5);
	}

	/**
	 * Reads all of it.
	 * @param visitor sees each entry
	 * @return the trailer; null where there is none, as in the reference's files
	 * @throws CorruptDataException if it is damaged or cut short
	 * @throws UnsupportedFormatException if a version is unknown
	 * @throws IOException if the stream fails
	 */
	public @Nullable IndexTrailer read(Visitor visitor) throws IOException {
		long entries = entries();
		if (this.buffer[this.start] != IndexWriter.VERSION) {
			throw new UnsupportedFormatException(this.name + ": Index version " + (this.buffer[this.start] & 0xFF)
					+ " is not known to this release, which reads version " + IndexWriter.VERSION);
		}
		this.next = Bytes.u32(this.buffer, this.start + 1);
		consume(IndexWriter.HEADER_LENGTH);
		for (long i = 0; i < entries; i++) {
			need(2);
			int keyLength = Bytes.u16(this.buffer, this.start);
			need(IndexWriter.ENTRY_OVERHEAD + keyLength);
			int at = this.start + 2 + keyLength;
			long offset = Bytes.i64(this.buffer, at + 4);
			long length = Bytes.u32(this.buffer, at + 12);
			if (offset < 0 || offset >= 1L << 40 || length > Integer.MAX_VALUE - 64) {
				throw corrupt("an entry is out of range");
			}
			visitor.visit(this.buffer, this.start + 2, keyLength, Bytes.u32(this.buffer, at), offset, (int) length);
			consume(IndexWriter.ENTRY_OVERHEAD + keyLength);
		}
		byte[] rest = rest();
		return (rest.length == 0) ? null : trailer(rest);
	}

	/** The next file number that the file announces, once read. */
	public long next() {
		return this.next;
	}

	private void need(int wanted) throws IOException {
		while (this.end - this.start < wanted) {
			if (this.start > 0) {
				addToChecksum();
				System.arraycopy(this.buffer, this.start, this.buffer, 0, this.end - this.start);
				this.end -= this.start;
				this.start = 0;
				this.summed = 0;
			}
			int read = this.exhausted ? -1 : this.in.read(this.buffer, this.end, this.buffer.length - this.end);
			if (read < 0) {
				throw corrupt("it ends within an entry");
			}
			this.end += read;
		}
	}

	private void consume(int bytes) {
		this.start += bytes;
		this.position += bytes;
	}

	/** What was consumed since the last time: large pieces are summed faster. */
	private void addToChecksum() {
		this.crc.update(this.buffer, this.summed, this.start - this.summed);
		this.summed = this.start;
	}

	private byte[] rest() throws IOException {
		addToChecksum();
		int have = this.end - this.start;
		byte[] more = this.in.readNBytes(IndexTrailer.MAX_LENGTH);
		if (have + more.length > IndexTrailer.MAX_LENGTH) {
			throw corrupt("more follows the entries than a trailer");
		}
		byte[] rest = new byte[have + more.length];
		System.arraycopy(this.buffer, this.start, rest, 0, have);
		System.arraycopy(more, 0, rest, have, more.length);
		return rest;
	}

	private IndexTrailer trailer(byte[] bytes) {
		IndexTrailer.End tail = end(bytes, this.name);
		if (tail == null || tail.trailerLength() != bytes.length) {
			throw corrupt("what follows the entries is no trailer");
		}
		int endAt = bytes.length - IndexTrailer.END_LENGTH;
		this.crc.update(bytes, 0, endAt);
		if (Bytes.i32(bytes, endAt) != (int) this.crc.getValue()) {
			throw corrupt("its checksum is wrong");
		}
		return parse(bytes, tail, this.name, this.position);
	}

	/**
	 * Reads the trailer of an index in pages, without the entries: it has a checksum of
	 * its own.
	 * @param bytes all of the trailer
	 * @return it; null if there are no pages
	 * @throws CorruptDataException if it is damaged
	 * @throws UnsupportedFormatException if its version is unknown
	 */
	public static @Nullable IndexTrailer pagedTrailer(byte[] bytes, String name) {
		IndexTrailer.End tail = end(bytes, name);
		if (tail == null || !tail.paged()) {
			return null;
		}
		int sumAt = bytes.length - IndexTrailer.END_LENGTH - 4;
		if (tail.trailerLength() != bytes.length || sumAt < 8
				|| Bytes.i32(bytes, sumAt) != Bytes.crc32c(bytes, 0, sumAt)) {
			throw corrupt(name, -bytes.length, "the checksum of its trailer is wrong");
		}
		return parse(bytes, tail, name, -bytes.length);
	}

	/** Of a trailer whose checksum is right. */
	private static IndexTrailer parse(byte[] bytes, IndexTrailer.End tail, String name, long position) {
		int endAt = bytes.length - IndexTrailer.END_LENGTH;
		long count = Bytes.u32(bytes, 0);
		long removedAt = 4 + count * IndexTrailer.ROW_LENGTH;
		long removedEnd = (removedAt + 4 > endAt) ? -1 : removedAt + 4 + Bytes.u32(bytes, (int) removedAt);
		long pagesAt = removedEnd + count * IndexTrailer.LIVE_LENGTH;
		boolean fits = removedEnd >= 0 && (tail.paged() ? pagesAt + 4 <= endAt : removedEnd == endAt);
		if (!fits || bytes[endAt + 4] < 0 || bytes[endAt + 4] > 1) {
			throw corrupt(name, position, "the trailer does not fit its length");
		}
		List<FileRecord> files = new ArrayList<>();
		for (int at = 4; at < removedAt; at += IndexTrailer.ROW_LENGTH) {
			UUID id = Bytes.uuid(bytes, at + 24);
			files.add(new FileRecord(Bytes.u32(bytes, at), Bytes.i64(bytes, at + 4), Bytes.i64(bytes, at + 12),
					Bytes.i32(bytes, at + 20), id.equals(NO_ID) ? null : id));
		}
		int removed = (int) removedAt + 4;
		try {
			return new IndexTrailer(bytes[endAt + 4] == 1, Bytes.i64(bytes, endAt + 5), tail.seq(), tail.commit(),
					files,
					NumberRanges
						.parse(new String(bytes, removed, (int) removedEnd - removed, StandardCharsets.US_ASCII)),
					tail.paged() ? pages(bytes, (int) removedEnd, (int) pagesAt, endAt - 4, name) : null);
		}
		catch (IllegalArgumentException ex) {
			throw corrupt(name, position, "the trailer's removed files are no ranges");
		}
	}

	private static IndexTrailer.Pages pages(byte[] bytes, int liveAt, int directoryAt, int end, String name) {
		List<IndexTrailer.Live> live = new ArrayList<>();
		for (int at = liveAt; at < directoryAt; at += IndexTrailer.LIVE_LENGTH) {
			live.add(new IndexTrailer.Live(Bytes.i64(bytes, at), Bytes.i64(bytes, at + 8)));
		}
		return new IndexTrailer.Pages(PageDirectory.read(Arrays.copyOfRange(bytes, directoryAt, end), name), live);
	}

	private CorruptDataException corrupt(String problem) {
		return corrupt(this.name, this.position, problem);
	}

	/**
	 * @param position from the beginning; negative if from the end
	 */
	private static CorruptDataException corrupt(String name, long position, String problem) {
		String where = (position < 0) ? name + ", in its last " + -position + " bytes: "
				: EntryFormat.at(name, position);
		return new CorruptDataException(where + "The index is damaged: " + problem);
	}

	/**
	 * What an index file's last bytes tell; null where there is no trailer.
	 * @throws CorruptDataException if they are damaged
	 * @throws UnsupportedFormatException if the trailer's version is unknown
	 */
	public static IndexTrailer.@Nullable End end(byte[] fileEnd, String name) {
		int length = fileEnd.length;
		if (length < IndexTrailer.END_LENGTH || Bytes.i32(fileEnd, length - 4) != IndexTrailer.MAGIC) {
			return null;
		}
		int version = fileEnd[length - 9] & 0xFF;
		if (version != IndexTrailer.VERSION && version != IndexTrailer.PAGED) {
			throw new UnsupportedFormatException(
					name + ": Trailer version " + version + " is not known to this release, which reads versions "
							+ IndexTrailer.VERSION + " and " + IndexTrailer.PAGED);
		}
		int endAt = length - IndexTrailer.END_LENGTH;
		if (Bytes.crc32c(fileEnd, endAt, IndexTrailer.END_LENGTH - 8) != Bytes.i32(fileEnd, length - 8)) {
			throw new CorruptDataException(name + ": The checksum of the index's last bytes is wrong");
		}
		return new IndexTrailer.End(Bytes.i64(fileEnd, endAt + 13), Bytes.uuid(fileEnd, endAt + 21),
				Bytes.u32(fileEnd, length - 13), version == IndexTrailer.PAGED);
	}

}
