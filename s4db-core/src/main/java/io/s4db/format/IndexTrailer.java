package io.s4db.format;

import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What follows the last entry of our index files, unseen by the reference.
 *
 * <pre>
 * 4   files           how many rows follow
 *     4  number         a row for each data file
 *     8  bytes
 *     8  entries
 *     4  footer length  0: a file without footer, of the reference
 *     16 id             zero: none
 * 4   removed         length of the following text
 * …   removed         a delta only: numbers of the files that went, as in "1-512,600"
 *
 * 4   checksum        CRC-32C of all bytes of the file before it
 * 1   kind            0 the whole state, 1 a delta
 * 8   from            a delta: the seq from which on a state may be brought up by it
 * 8   seq             the seq of the state
 * 16  commit          UUID of the commit of that seq
 * 4   trailer length  from the number of files to the magic
 * 1   version         1; 2 where the entries are in order, in pages
 * 4   end checksum    CRC-32C from the checksum to the version
 * 4   magic           S4IX
 * </pre>
 *
 * The last {@value #END_LENGTH} bytes tell the state's {@code seq} without the rest, and
 * have a checksum of their own. In version 2, what leads to the pages stands between
 * <i>removed</i> and <i>checksum</i>, so that the trailer alone is enough to look up a
 * key:
 *
 * <pre>
 *     8  live entries   for each data file
 *     8  live bytes
 * …   directory       {@link PageDirectory}
 * 4   trailer checksum CRC-32C from the number of files to the directory
 * </pre>
 *
 * @param delta whether it is a delta and not a whole state
 * @param fromSeq a delta: the seq from which on a state may be brought up by it
 * @param seq the seq of the state
 * @param commit the UUID of the commit of that seq
 * @param files the data files
 * @param removed a delta: numbers of the files that went
 * @param pages where the entries are in pages; null in version 1
 */
public record IndexTrailer(boolean delta, long fromSeq, long seq, UUID commit, List<FileRecord> files,
		NumberRanges removed, @Nullable Pages pages) {

	static final int MAGIC = 0x53344958;

	static final int VERSION = 1;

	/** With pages. */
	static final int PAGED = 2;

	static final int ROW_LENGTH = 40;

	/** What is live of a data file. */
	static final int LIVE_LENGTH = 16;

	/** Bytes at the end that a {@link End} can be read from. */
	public static final int END_LENGTH = 4 + 1 + 8 + 8 + 16 + 4 + 1 + 4 + 4;

	static final int MIN_LENGTH = 4 + 4 + END_LENGTH;

	/** No trailer is longer: room for three million files. */
	static final int MAX_LENGTH = 128 << 20;

	public IndexTrailer {
		files = List.copyOf(files);
	}

	/** One without pages. */
	public IndexTrailer(boolean delta, long fromSeq, long seq, UUID commit, List<FileRecord> files,
			NumberRanges removed) {
		this(delta, fromSeq, seq, commit, files, removed, null);
	}

	/**
	 * What leads to the pages.
	 *
	 * @param directory where they are
	 * @param live what is live of each data file, in the order of the files
	 */
	public record Pages(PageDirectory directory, List<Live> live) {

		public Pages {
			live = List.copyOf(live);
		}

	}

	/**
	 * What is live of a data file.
	 *
	 * @param entries how many entries
	 * @param bytes how many bytes these take
	 */
	public record Live(long entries, long bytes) {
	}

	/** A trailer of a checkpoint: the whole state at this sequence number. */
	public static IndexTrailer state(long seq, UUID commit, List<FileRecord> files) {
		return new IndexTrailer(false, 0, seq, commit, files, NumberRanges.EMPTY);
	}

	/**
	 * What the end of an index file tells.
	 *
	 * @param seq the state's sequence number
	 * @param commit the UUID of that commit
	 * @param trailerLength the length of the trailer
	 * @param paged whether the entries are in order, in pages
	 */
	public record End(long seq, UUID commit, long trailerLength, boolean paged) {
	}

}
