package io.s4db.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

import io.s4db.CorruptDataException;
import org.jspecify.annotations.Nullable;

/**
 * Sorted records in a file of one process: what leads to its pages is nowhere else than
 * on its heap, so whoever needs it again after a restart writes it again.
 * <p>
 * The file is mapped into memory, and unmapped some time after the garbage collector
 * found this. A page is read whole, and its checksum compared, when it is first touched,
 * and each time a cursor comes to it: a cursor walks over a copy. What was damaged is a
 * {@link CorruptDataException}. A file that another program cuts short is one as well.
 */
public final class SortedFile extends SortedPages {

	/** A buffer that is a slice of a map. */
	private static final int SLICE_BYTES = 72;

	private static final String REMEDY = ". Close the database and open it again: that makes this part of the index anew";

	private final Path path;

	/** The bytes of each group. */
	private final ByteBuffer[] maps;

	SortedFile(Path path, KeyHash hash, long size, long bytes, PageGroup[] groups, ByteBuffer[] maps, byte[] last) {
		super(hash, size, bytes, groups, last);
		this.path = path;
		this.maps = maps;
	}

	@Override
	public long heapBytes() {
		return super.heapBytes() + (long) this.maps.length * SLICE_BYTES;
	}

	@Override
	@Nullable Location find(int at, int page, byte[] key, int offset, int length) {
		if (!this.groups[at].isVerified(page)) {
			read(at, page);
		}
		try {
			return search(at, page, key, offset, length);
		}
		catch (InternalError ex) {
			throw cutShort(ex);
		}
	}

	private @Nullable Location search(int at, int page, byte[] key, int offset, int length) {
		PageGroup group = this.groups[at];
		try {
			return PageSearch.find(this.maps[at], group.start(page), group.end(page), group.stride(page),
					common(at, page), key, offset, length);
		}
		catch (IndexOutOfBoundsException ex) {
			throw notWhole(at, page, ex);
		}
	}

	/** Copies a page, and makes sure that it is what was written. */
	private byte[] read(int at, int page) {
		PageGroup group = this.groups[at];
		int start = group.start(page);
		byte[] copy = new byte[group.end(page) - start];
		try {
			this.maps[at].get(start, copy, 0, copy.length);
			CRC32C crc = new CRC32C();
			crc.update(copy, 0, copy.length);
			if ((int) crc.getValue() != group.checksum(page)) {
				throw notWhole(at, page, null);
			}
		}
		catch (InternalError ex) {
			throw cutShort(ex);
		}
		group.setVerified(page);
		return copy;
	}

	private CorruptDataException notWhole(int at, int page, @Nullable Throwable cause) {
		PageSearch.awaitError();
		PageGroup group = this.groups[at];
		long start = group.offset() + group.start(page);
		return new CorruptDataException(this.path + " is damaged at offset " + start + ": its page of "
				+ (group.end(page) - group.start(page)) + " bytes is not what was written" + REMEDY, cause);
	}

	private CorruptDataException cutShort(InternalError ex) {
		return new CorruptDataException(
				this.path + " cannot be read: it was cut short by another program, or the disk fails" + REMEDY, ex);
	}

	@Override
	PageReader reader(boolean descending) {
		return (page, wanted) -> read(page / PageGroup.PAGES, page % PageGroup.PAGES);
	}

	/**
	 * Deletes the file. Reads that are under way, and those that come, go on. Its space
	 * comes free some time after the garbage collector found this.
	 */
	public void delete() {
		try {
			Files.deleteIfExists(this.path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String toString() {
		return this.path + ", " + size() + " records";
	}

}
