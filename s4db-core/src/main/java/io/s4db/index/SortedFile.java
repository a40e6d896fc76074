package io.s4db.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;

import io.s4db.CorruptDataException;
import org.jspecify.annotations.Nullable;

/**
 * Records of keys in a file, in the order of the keys' bytes: for more of them than
 * memory is there for.
 *
 * <pre>
 * file:  | page | page | …
 * page:  | entry | entry | …          some KiB of whole entries
 * entry: | key length | key | file | offset | entry length |
 *        | 2          | …   | 4    | 8      | 4            |   bytes, big-endian
 * </pre>
 *
 * An entry is that of an index file; file 0 is that of a tombstone. What leads to a page
 * is on the heap ({@link PageGroup}), so this is a file of one process, and whoever needs
 * it again after a restart writes it again. A lookup is a binary search on the heap, and
 * a search in one page, where it stands ({@link PageSearch}). Neither copies a key.
 * <p>
 * The file is mapped into memory, and unmapped some time after the garbage collector
 * found this. A page is read whole, and its checksum compared, when it is first touched,
 * and each time a cursor comes to it: a cursor walks over a copy. What was damaged is a
 * {@link CorruptDataException}. A file that another program cuts short is one as well.
 * <p>
 * Immutable. Any number of threads may read, without locks.
 */
public final class SortedFile {

	private static final int OBJECT_BYTES = 160;

	/** A buffer that is a slice of a map. */
	private static final int SLICE_BYTES = 72;

	private final Path path;

	private final KeyHash hash;

	private final long size;

	private final long bytes;

	private final PageGroup[] groups;

	/** The bytes of each group. */
	private final ByteBuffer[] maps;

	/** The {@link KeyHead} of the separator before each group. */
	private final long[] heads;

	/** The greatest key. */
	private final byte[] last;

	SortedFile(Path path, KeyHash hash, long size, long bytes, PageGroup[] groups, ByteBuffer[] maps, byte[] last) {
		this.path = path;
		this.hash = hash;
		this.size = size;
		this.bytes = bytes;
		this.groups = groups;
		this.maps = maps;
		this.heads = new long[groups.length];
		for (int i = 0; i < groups.length; i++) {
			this.heads[i] = KeyHead.of(groups[i].separators(), 0, groups[i].separatorEnd(0));
		}
		this.last = last;
	}

	/** How many records there are, those of tombstones included. */
	public long size() {
		return this.size;
	}

	/** How long the file is. */
	public long bytes() {
		return this.bytes;
	}

	/** The bytes of heap that it takes. */
	public long heapBytes() {
		long heap = OBJECT_BYTES + this.last.length + this.groups.length * (16L + SLICE_BYTES);
		for (PageGroup group : this.groups) {
			heap += group.heapBytes();
		}
		return heap;
	}

	/**
	 * Where the entry of a key stands, a tombstone's as well; null if there is none.
	 * @throws CorruptDataException if the page that has to tell is damaged
	 */
	public @Nullable Location get(byte[] buffer, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, buffer.length);
		if (this.size == 0
				|| Arrays.compareUnsigned(buffer, offset, offset + length, this.last, 0, this.last.length) > 0) {
			return null;
		}
		int at = groupOf(buffer, offset, length);
		PageGroup group = this.groups[at];
		int page = group.pageOf(buffer, offset, length);
		if (!group.isVerified(page)) {
			read(at, page);
		}
		try {
			return find(at, page, buffer, offset, length);
		}
		catch (InternalError ex) {
			throw cutShort(ex);
		}
	}

	/** The last group whose first separator is not greater than the key. */
	private int groupOf(byte[] key, int offset, int length) {
		long head = KeyHead.of(key, offset, length);
		int low = 1;
		int high = this.groups.length;
		while (low < high) {
			int middle = (low + high) >>> 1;
			long found = this.heads[middle];
			if (KeyHead.isLess(found, head)
					|| (found == head && this.groups[middle].compareSeparator(0, key, offset, length) <= 0)) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		return low - 1;
	}

	/**
	 * How many bytes all keys of a page, and those that could stand in it, have in common
	 * at least: those that the separators around it do.
	 */
	private int common(int at, int page) {
		PageGroup group = this.groups[at];
		int from = group.separatorStart(page);
		int to = group.separatorEnd(page);
		int different;
		if (page + 1 < group.pages()) {
			different = Arrays.mismatch(group.separators(), from, to, group.separators(), to,
					group.separatorEnd(page + 1));
		}
		else if (at + 1 < this.groups.length) {
			PageGroup next = this.groups[at + 1];
			different = Arrays.mismatch(group.separators(), from, to, next.separators(), 0, next.separatorEnd(0));
		}
		else {
			different = Arrays.mismatch(group.separators(), from, to, this.last, 0, this.last.length);
		}
		return (different < 0) ? to - from : different;
	}

	private @Nullable Location find(int at, int page, byte[] key, int offset, int length) {
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
				+ (group.end(page) - group.start(page)) + " bytes is not what was written", cause);
	}

	private CorruptDataException cutShort(InternalError ex) {
		return new CorruptDataException(this.path + " cannot be read: it was cut short by another program", ex);
	}

	/**
	 * Walks over the records within bounds, those of tombstones included, in the order of
	 * their keys or backwards. The cursor is for one thread at a time, and needs no
	 * closing; it takes the heap of a page. One that is at a damaged page throws a
	 * {@link CorruptDataException}, and goes no further.
	 */
	public KeyIndex.Cursor cursor(KeyBounds bounds, boolean descending) {
		return new SortedFileCursor(this, this.hash, bounds, descending);
	}

	/** How many pages there are. */
	int pages() {
		int whole = this.groups.length - 1;
		return (whole < 0) ? 0 : whole * PageGroup.PAGES + this.groups[whole].pages();
	}

	/** The only page in which a key can stand; -1 if there is none. */
	int pageOf(byte[] key) {
		if (this.size == 0) {
			return -1;
		}
		int at = groupOf(key, 0, key.length);
		return at * PageGroup.PAGES + this.groups[at].pageOf(key, 0, key.length);
	}

	/** Compares the separator before a page with a key. */
	int compareSeparator(int page, byte[] key) {
		return this.groups[page / PageGroup.PAGES].compareSeparator(page % PageGroup.PAGES, key, 0, key.length);
	}

	/** A copy of a page, which is whole. */
	byte[] read(int page) {
		return read(page / PageGroup.PAGES, page % PageGroup.PAGES);
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
		return this.path + ", " + this.size + " records";
	}

}
