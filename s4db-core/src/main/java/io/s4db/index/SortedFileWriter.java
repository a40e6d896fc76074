package io.s4db.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes a {@link SortedFile}, of records that come in the order of their keys.
 * <p>
 * Memory: a buffer of 64 KiB, a page and an entry, and for each page what
 * {@link PageGroup} says, so some 18 bytes. The file is written from front to back and
 * never read. It must not exist yet, and is gone if this is closed before it was
 * finished.
 * <p>
 * For one thread. One that is interrupted while it writes gets a
 * {@link java.nio.channels.ClosedByInterruptException}, and the file cannot be finished.
 */
public final class SortedFileWriter implements Closeable {

	/** What is written at once. */
	private static final int BUFFER = 64 << 10;

	/** So that a group of pages can be mapped as a whole. */
	private static final int MAX_PAGE_BYTES = 1 << 20;

	/** Mapped in pieces of at most this size, so nearly always one. */
	private static final int MAX_MAP_BYTES = 1 << 30;

	private final Path file;

	private final int pageBytes;

	private final int maxMapBytes;

	private final FileChannel channel;

	private final CRC32C crc = new CRC32C();

	private final PageGroup.Builder pages = new PageGroup.Builder();

	private final List<PageGroup> groups = new ArrayList<>();

	/** Pages that are not written yet, and the one that is not full yet. */
	private final byte[] buffer;

	/** Where the page begins that is not full yet. */
	private int pageStart;

	private int end;

	/** How long each entry of the page is; 0 if they differ. */
	private int stride;

	private long written;

	private long size;

	private byte[] last = new byte[64];

	private int lastLength;

	/** Finished, or closed before. */
	private boolean ended;

	/**
	 * Creates the file.
	 * @param file where it is to stand
	 * @param pageBytes a page ends with the first entry that makes it so long, at most 1
	 * MiB
	 */
	public SortedFileWriter(Path file, int pageBytes) throws IOException {
		this(file, pageBytes, MAX_MAP_BYTES);
	}

	SortedFileWriter(Path file, int pageBytes, int maxMapBytes) throws IOException {
		if (pageBytes <= 0 || pageBytes > MAX_PAGE_BYTES) {
			throw new IllegalArgumentException("Out of range: pages of " + pageBytes + " bytes");
		}
		this.file = file;
		this.pageBytes = pageBytes;
		this.maxMapBytes = maxMapBytes;
		this.buffer = new byte[BUFFER + pageBytes + SortedEntry.OVERHEAD + KeyIndex.MAX_KEY_LENGTH];
		this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
				StandardOpenOption.READ, StandardOpenOption.WRITE);
	}

	/**
	 * Adds a record.
	 * @param file the number of the file, 1 to 2^32 - 1; of a tombstone it is not kept
	 * @param offset not negative
	 * @param entryLength not negative
	 * @throws IllegalArgumentException if the key does not come after the one before it
	 */
	public void add(byte[] key, int keyOffset, int keyLength, long file, long offset, int entryLength,
			boolean tombstone) throws IOException {
		check(keyLength, file, offset, entryLength, tombstone);
		if (this.end == this.pageStart) {
			this.pages.separator(key, keyOffset, separatorLength(key, keyOffset, keyLength));
			this.stride = SortedEntry.OVERHEAD + keyLength;
		}
		else {
			checkOrder(compareLast(key, keyOffset, keyLength));
			if (this.stride != SortedEntry.OVERHEAD + keyLength) {
				this.stride = 0;
			}
		}
		this.end = SortedEntry.write(this.buffer, this.end, key, keyOffset, keyLength, tombstone ? 0 : file, offset,
				entryLength);
		this.size++;
		keep(key, keyOffset, keyLength);
		if (this.end - this.pageStart >= this.pageBytes) {
			endPage();
		}
	}

	/** Whether a key comes after the one added last, so that it may be added. */
	public boolean follows(byte[] key, int keyOffset, int keyLength) {
		return this.size == 0 || compareLast(key, keyOffset, keyLength) < 0;
	}

	/** How many records were added. */
	public long size() {
		return this.size;
	}

	private void check(int keyLength, long file, long offset, int entryLength, boolean tombstone) {
		if (this.ended) {
			throw new IllegalStateException(this.file + " was finished or closed");
		}
		if (keyLength > KeyIndex.MAX_KEY_LENGTH || (!tombstone && (file <= 0 || file > Records.MAX_FILE)) || offset < 0
				|| entryLength < 0) {
			throw new IllegalArgumentException("Out of range: key length " + keyLength + ", file " + file + ", offset "
					+ offset + ", entry length " + entryLength);
		}
	}

	private int compareLast(byte[] key, int keyOffset, int keyLength) {
		return Arrays.compareUnsigned(this.last, 0, this.lastLength, key, keyOffset, keyOffset + keyLength);
	}

	private void checkOrder(int lastToKey) {
		if (lastToKey >= 0) {
			throw new IllegalArgumentException(
					"Key " + (this.size + 1) + " of " + this.file + " does not come after the one before it");
		}
	}

	/** How much of a page's first key tells it from the key before. */
	private int separatorLength(byte[] key, int keyOffset, int keyLength) {
		if (this.size == 0) {
			return 0;
		}
		checkOrder(compareLast(key, keyOffset, keyLength));
		return 1 + Arrays.mismatch(this.last, 0, this.lastLength, key, keyOffset, keyOffset + keyLength);
	}

	private void keep(byte[] key, int keyOffset, int keyLength) {
		if (keyLength > this.last.length) {
			this.last = new byte[Math.max(keyLength, 2 * this.last.length)];
		}
		System.arraycopy(key, keyOffset, this.last, 0, keyLength);
		this.lastLength = keyLength;
	}

	private void endPage() throws IOException {
		int length = this.end - this.pageStart;
		this.crc.reset();
		this.crc.update(this.buffer, this.pageStart, length);
		this.pages.add(length, (int) this.crc.getValue(), this.stride);
		this.pageStart = this.end;
		if (this.pages.isFull()) {
			this.groups.add(this.pages.build());
		}
		if (this.end >= BUFFER) {
			flush();
		}
	}

	private void flush() throws IOException {
		ByteBuffer bytes = ByteBuffer.wrap(this.buffer, 0, this.end);
		while (bytes.hasRemaining()) {
			this.channel.write(bytes);
		}
		this.written += this.end;
		this.end = 0;
		this.pageStart = 0;
	}

	/**
	 * Ends the file, and opens it for reading.
	 * @param hashes whose {@link KeyIndex#hash} its cursors give; not kept
	 */
	public SortedFile finish(KeyIndex hashes) throws IOException {
		if (this.ended) {
			throw new IllegalStateException(this.file + " was finished or closed");
		}
		if (this.end > this.pageStart) {
			endPage();
		}
		flush();
		if (!this.pages.isEmpty()) {
			this.groups.add(this.pages.build());
		}
		SortedFile sorted = new SortedFile(this.file, hashes.keyHash(), this.size, this.written,
				this.groups.toArray(PageGroup[]::new), map(), Arrays.copyOf(this.last, this.lastLength));
		this.channel.close();
		this.ended = true;
		return sorted;
	}

	/** The bytes of each group: slices of as few maps as they fit in. */
	private ByteBuffer[] map() throws IOException {
		ByteBuffer[] bytes = new ByteBuffer[this.groups.size()];
		int from = 0;
		while (from < bytes.length) {
			long start = this.groups.get(from).offset();
			int to = from + 1;
			while (to < bytes.length && end(to) - start <= this.maxMapBytes) {
				to++;
			}
			ByteBuffer map = this.channel.map(FileChannel.MapMode.READ_ONLY, start, end(to - 1) - start);
			for (int i = from; i < to; i++) {
				PageGroup group = this.groups.get(i);
				bytes[i] = map.slice((int) (group.offset() - start), group.length());
			}
			from = to;
		}
		return bytes;
	}

	private long end(int group) {
		return this.groups.get(group).offset() + this.groups.get(group).length();
	}

	/** Deletes the file, unless it was finished. */
	@Override
	public void close() throws IOException {
		if (!this.ended) {
			this.ended = true;
			try (this.channel) {
				Files.deleteIfExists(this.file);
			}
		}
	}

}
