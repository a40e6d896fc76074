package io.s4db.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

import io.s4db.CorruptDataException;
import io.s4db.local.DiskSteps.Step;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks of objects of the store, kept in a local directory from one process to the next,
 * so many at most. Where there is no room left a block takes the place of one that was
 * not read since the last round over all of them (second chance), which is close to the
 * least recently used one, and costs a bit for each.
 *
 * <pre>
 * cache.slots:  8  "S4DBBLK1"       cache.blocks: slot n begins at n * 16,384
 *               4  bytes of a slot
 *               4  0
 *               32 a row for each slot, big-endian; all zero if nothing is in it:
 *                  16 object | 8 block | 4 length | 4 CRC-32C of the block and of what is before it here
 * </pre>
 *
 * An object's id is used once, and what has one never changes: so a block that is whole
 * is right. Nothing is forced to disk, and a row is written after its block: what a crash
 * leaves between is not believed, by its checksum. It is a cache: where it fails it holds
 * less, and nobody is told but the log.
 *
 * <p>
 * For any number of threads. Takes 41 bytes of heap a slot: 2.7 MB for each GB.
 */
public final class BlockFile implements AutoCloseable {

	/** Bytes of a block; the last one of an object has fewer. */
	public static final int BLOCK = 16 << 10;

	private static final Logger logger = LoggerFactory.getLogger(BlockFile.class);

	private static final String SLOTS = "cache.slots";

	private static final String BLOCKS = "cache.blocks";

	private static final long MAGIC = 0x53_34_44_42_42_4C_4B_31L;

	private static final int HEADER = 16;

	private static final int ROW = 32;

	private static final int HEAP_OF_SLOT = 41;

	private static final int ROWS_AT_ONCE = 1 << 12;

	private final Path path;

	private final RandomAccessFile rows;

	private final RandomAccessFile blocks;

	private final MappedBytes mapped;

	private final int slots;

	private final long[] high;

	private final long[] low;

	private final long[] number;

	/** 0 if nothing is in the slot. */
	private final int[] length;

	private final int[] checksum;

	/** Whether it was read since the hand went by. */
	private final boolean[] used;

	/** Where a block is: its slot and one; a hash table with linear probing. */
	private final int[] table;

	/** The slot that is asked next for its place. */
	private int hand;

	private long bytes;

	/** So many blocks are not kept after a failure, before that is tried again. */
	static final int SKIPPED_AFTER_FAILURE = 4_096;

	/** How many more are not kept. */
	private int skipped;

	/** Whether the log has said that it failed. */
	private boolean told;

	private boolean closed;

	private BlockFile(Path path, RandomAccessFile rows, RandomAccessFile blocks, int slots) throws IOException {
		this.path = path;
		this.rows = rows;
		this.blocks = blocks;
		this.slots = slots;
		this.high = new long[slots];
		this.low = new long[slots];
		this.number = new long[slots];
		this.length = new int[slots];
		this.checksum = new int[slots];
		this.used = new boolean[slots];
		this.table = new int[Integer.highestOneBit(slots) << 2];
		readRows();
		this.blocks.setLength((long) slots * BLOCK);
		this.mapped = MappedBytes.of(path, (long) slots * BLOCK);
	}

	/**
	 * Opens those of a directory, which this process has locked.
	 * @param bytes how many all blocks may have together, one block at least
	 * @throws IOException if they cannot be made there, or there is no heap for so many
	 */
	public static BlockFile open(LocalDirectory directory, long bytes) throws IOException {
		long heap = bytes / BLOCK * HEAP_OF_SLOT;
		if (heap > Runtime.getRuntime().maxMemory() / 2) {
			throw new IOException("what tells where the blocks are would take " + (heap >> 20)
					+ " MB, more than half of the heap (2.7 MB for each GB on disk)");
		}
		Path path = directory.path().resolve(BLOCKS);
		RandomAccessFile rows = new RandomAccessFile(directory.path().resolve(SLOTS).toFile(), "rw");
		RandomAccessFile blocks = null;
		try {
			blocks = new RandomAccessFile(path.toFile(), "rw");
			return new BlockFile(path, rows, blocks, Math.toIntExact(Math.max(1, bytes / BLOCK)));
		}
		catch (IOException | RuntimeException | Error ex) {
			rows.close();
			if (blocks != null) {
				blocks.close();
			}
			throw ex;
		}
	}

	/** Removes those of a directory, which this process has locked. */
	public static void delete(LocalDirectory directory) throws IOException {
		AtomicFiles.delete(directory.path().resolve(SLOTS));
		AtomicFiles.delete(directory.path().resolve(BLOCKS));
	}

	private void readRows() throws IOException {
		long there = Math.min(this.rows.length(), HEADER + (long) this.slots * ROW);
		byte[] header = new byte[HEADER];
		if (there >= HEADER) {
			this.rows.readFully(header);
		}
		ByteBuffer buffer = ByteBuffer.wrap(header);
		if (buffer.getLong() != MAGIC || buffer.getInt() != BLOCK) {
			this.rows.setLength(0);
			this.rows.seek(0);
			this.rows.write(ByteBuffer.allocate(HEADER).putLong(MAGIC).putInt(BLOCK).array());
			return;
		}
		this.rows.setLength(there);
		int count = (int) ((there - HEADER) / ROW);
		for (int from = 0; from < count; from += ROWS_AT_ONCE) {
			byte[] content = new byte[Math.min(ROWS_AT_ONCE, count - from) * ROW];
			this.rows.readFully(content);
			readRows(ByteBuffer.wrap(content), from);
		}
	}

	private void readRows(ByteBuffer buffer, int from) {
		for (int slot = from; buffer.hasRemaining(); slot++) {
			this.high[slot] = buffer.getLong();
			this.low[slot] = buffer.getLong();
			this.number[slot] = buffer.getLong();
			int read = buffer.getInt();
			this.checksum[slot] = buffer.getInt();
			if (read > 0 && read <= BLOCK && find(this.high[slot], this.low[slot], this.number[slot]) < 0) {
				take(slot, read);
			}
		}
	}

	/** The bytes of a block; null if it is not here, or not whole. */
	public byte @Nullable [] get(UUID object, long block) {
		int slot;
		byte[] content;
		int expected;
		synchronized (this) {
			slot = find(object, block);
			if (slot < 0) {
				return null;
			}
			this.used[slot] = true;
			content = new byte[this.length[slot]];
			expected = this.checksum[slot];
		}
		// Another block may come in its place meanwhile: the checksum has the id in it.
		if (read(slot, content) && checksum(object, block, content, 0, content.length) == expected) {
			return content;
		}
		synchronized (this) {
			if (find(object, block) == slot && this.checksum[slot] == expected) {
				logger.debug("{}: a block is damaged, and is fetched anew", this.path);
				leave(slot);
			}
		}
		return null;
	}

	private boolean read(int slot, byte[] content) {
		try {
			return this.mapped.read((long) slot * BLOCK, content, 0, content.length, this.path);
		}
		catch (CorruptDataException ex) {
			fail(ex);
			return false;
		}
	}

	/** Keeps a block: at most {@link #BLOCK} bytes, and not none. */
	public synchronized void put(UUID object, long block, byte[] content, int offset, int count) {
		long objectHigh = object.getMostSignificantBits();
		long objectLow = object.getLeastSignificantBits();
		if (this.closed || isSkipped() || find(objectHigh, objectLow, block) >= 0) {
			return;
		}
		int slot = next();
		if (this.length[slot] > 0) {
			leave(slot);
		}
		int crc = checksum(object, block, content, offset, count);
		try {
			DiskSteps.next(Step.WRITE, this.path);
			this.blocks.seek((long) slot * BLOCK);
			this.blocks.write(content, offset, count);
			this.rows.seek(HEADER + (long) slot * ROW);
			this.rows.write(ByteBuffer.allocate(ROW)
				.putLong(objectHigh)
				.putLong(objectLow)
				.putLong(block)
				.putInt(count)
				.putInt(crc)
				.array());
		}
		catch (IOException ex) {
			fail(ex);
			return;
		}
		this.high[slot] = objectHigh;
		this.low[slot] = objectLow;
		this.number[slot] = block;
		this.checksum[slot] = crc;
		take(slot, count);
	}

	/** Forgets a block. */
	public synchronized void remove(UUID object, long block) {
		int slot = find(object, block);
		if (slot >= 0) {
			leave(slot);
		}
	}

	private boolean isSkipped() {
		if (this.skipped > 0) {
			this.skipped--;
			return true;
		}
		return false;
	}

	private synchronized void fail(Exception why) {
		this.skipped = SKIPPED_AFTER_FAILURE;
		if (!this.told) {
			this.told = true;
			logger
				.warn("{} cannot be written to: {}. What is fetched is not kept on disk meanwhile; that is tried again"
						+ " now and then", this.path, why.getMessage());
		}
	}

	/** The slot whose turn it is. */
	private int next() {
		while (this.used[this.hand]) {
			this.used[this.hand] = false;
			this.hand = (this.hand + 1) % this.slots;
		}
		int slot = this.hand;
		this.hand = (this.hand + 1) % this.slots;
		return slot;
	}

	private static int checksum(UUID object, long block, byte[] content, int offset, int count) {
		CRC32C crc = new CRC32C();
		crc.update(content, offset, count);
		crc.update(ByteBuffer.allocate(28)
			.putLong(object.getMostSignificantBits())
			.putLong(object.getLeastSignificantBits())
			.putLong(block)
			.putInt(count)
			.flip());
		return (int) crc.getValue();
	}

	// The hash table

	private int home(long objectHigh, long objectLow, long block) {
		long hash = (objectHigh ^ objectLow) * 0x9E37_79B9_7F4A_7C15L + block * 0xC2B2_AE3D_27D4_EB4FL;
		return (int) ((hash ^ (hash >>> 29)) & (this.table.length - 1));
	}

	private int home(int slot) {
		return home(this.high[slot], this.low[slot], this.number[slot]);
	}

	private int find(UUID object, long block) {
		return find(object.getMostSignificantBits(), object.getLeastSignificantBits(), block);
	}

	/** The slot that a block is in; -1 if it is in none. */
	private int find(long objectHigh, long objectLow, long block) {
		int mask = this.table.length - 1;
		for (int at = home(objectHigh, objectLow, block); this.table[at] != 0; at = (at + 1) & mask) {
			int slot = this.table[at] - 1;
			if (this.high[slot] == objectHigh && this.low[slot] == objectLow && this.number[slot] == block) {
				return slot;
			}
		}
		return -1;
	}

	/** What is in a slot is here from now on. */
	private void take(int slot, int count) {
		this.length[slot] = count;
		this.bytes += count;
		int mask = this.table.length - 1;
		int at = home(slot);
		while (this.table[at] != 0) {
			at = (at + 1) & mask;
		}
		this.table[at] = slot + 1;
	}

	/** What is in a slot is not here any more. */
	private void leave(int slot) {
		this.bytes -= this.length[slot];
		this.length[slot] = 0;
		this.used[slot] = false;
		int mask = this.table.length - 1;
		int gap = home(slot);
		while (this.table[gap] != slot + 1) {
			gap = (gap + 1) & mask;
		}
		// Those behind it that were pushed over it move up.
		for (int at = (gap + 1) & mask; this.table[at] != 0; at = (at + 1) & mask) {
			int distance = (at - home(this.table[at] - 1)) & mask;
			if (distance >= ((at - gap) & mask)) {
				this.table[gap] = this.table[at];
				gap = at;
			}
		}
		this.table[gap] = 0;
	}

	/** How many bytes of blocks are here. */
	public synchronized long bytes() {
		return this.bytes;
	}

	/** Lets go of everything; what is there is left to the next process. */
	@Override
	public void close() {
		synchronized (this) {
			this.closed = true;
			Arrays.fill(this.table, 0);
		}
		this.mapped.close();
		try {
			this.rows.close();
			this.blocks.close();
		}
		catch (IOException ex) {
			logger.debug("{} was not closed", this.path, ex);
		}
	}

}
