package io.s4db.engine.compact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.LongAdder;

import io.s4db.CorruptDataException;
import io.s4db.S4DBException;
import io.s4db.engine.read.DataFileScan;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.format.EntryBuffer;
import io.s4db.format.EntryScanner;
import io.s4db.format.FileRecord;
import io.s4db.format.NumberRanges;
import io.s4db.index.Location;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies what is live of the inputs of a compaction (rules K2, K3 and K5), without any
 * lock. Threads may copy inputs side by side: a key is live in one place at most, so
 * their order does not matter. Memory of each: a block of entries, and what it reads
 * ahead.
 *
 * <p>
 * Whether an entry is copied is asked of the committed state at the time of copying,
 * which may be later than the reservation. That is as good as a snapshot: state only
 * moves on by commits whose numbers are above the reserved ones, so that what is skipped
 * because of them is decided by them in a replay too.
 */
final class CompactionCopy {

	private static final Logger logger = LoggerFactory.getLogger(CompactionCopy.class);

	/** Bytes of entries that are written at once. */
	private static final int BLOCK = 256 << 10;

	private final Database database;

	private final EntrySink sink;

	/** The committed and reserved files that are no inputs. */
	private final NumberRanges others;

	/** Brings the state in memory up to the manifest's. */
	private final Runnable follow;

	private final LongAdder entries = new LongAdder();

	private final LongAdder tombstones = new LongAdder();

	CompactionCopy(Database database, EntrySink sink, NumberRanges others, Runnable follow) {
		this.database = database;
		this.sink = sink;
		this.others = others;
		this.follow = follow;
	}

	/** How many live entries were copied. */
	long entries() {
		return this.entries.sum();
	}

	/** How many tombstones were carried over. */
	long tombstones() {
		return this.tombstones.sum();
	}

	/**
	 * Copies what is live of an input.
	 * @throws CorruptDataException if something in it is damaged
	 * @throws S4DBException if it is not in the store, or was compacted meanwhile
	 */
	void copy(DataFile input) {
		FileRecord record = input.record();
		try (DataFileScan scan = new DataFileScan(this.database, record, present(input).copy(), record.bytes())) {
			copy(input, scan);
		}
		catch (ObjectNotFoundException ex) {
			// It may have been compacted, and its retention may be over.
			this.follow.run();
			present(input);
			throw new S4DBException(record.name() + " is not in the store. Compaction stopped, nothing was changed",
					ex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void copy(DataFile input, DataFileScan scan) throws IOException {
		FileRecord record = input.record();
		long expected = liveEntries(input);
		long live = 0;
		EntryBuffer block = new EntryBuffer();
		block.begin(1);
		try {
			while (scan.next()) {
				EntryScanner scanner = scan.entry();
				IoPool.checkInterrupted();
				this.database.operations.checkOpen();
				if (scanner.isReserved()) {
					continue;
				}
				if (scanner.isTombstone()) {
					if (isNeeded(scanner, record.number())) {
						add(scanner, block);
						this.tombstones.increment();
					}
				}
				else if (isLive(scanner, record.number())) {
					add(scanner, block);
					live++;
				}
			}
			if (live < liveEntries(input) && live < settledLiveEntries(input)) {
				throw new CorruptDataException(
						record.name() + " has " + live + " live entries, but the index has more in it");
			}
		}
		catch (CorruptDataException ex) {
			// The reference leaves torn tails behind what its index knows: no loss.
			if (record.sealed() || live < expected) {
				throw new CorruptDataException(
						"Compaction stopped, nothing was changed: " + ex.getMessage() + ". verify() lists all damage",
						ex);
			}
			logger.warn("What follows is left behind, no key refers to it: {}", ex.getMessage());
		}
		this.sink.write(block);
		this.entries.add(live);
	}

	private void add(EntryScanner scanner, EntryBuffer block) throws IOException {
		block.copy(scanner.buffer(), scanner.bufferOffset(), scanner.length());
		if (block.length() >= BLOCK) {
			this.sink.write(block);
			block.begin(1);
		}
	}

	/** The input as it is in the present state, which may have been read anew. */
	private DataFile present(DataFile input) {
		DataFile present = this.database.committed().file(input.number());
		if (present == null || !input.isIn(this.database.committed())) {
			throw new S4DBException("Compaction stopped, nothing was changed: another process compacted "
					+ input.record().name() + " meanwhile. Compact again if there is garbage left");
		}
		return present;
	}

	/** Those of which it was not seen yet that they are not live any more. */
	private long liveEntries(DataFile file) {
		this.database.structure.readLock().lock();
		try {
			return present(file).liveEntries();
		}
		finally {
			this.database.structure.readLock().unlock();
		}
	}

	private long settledLiveEntries(DataFile file) {
		this.follow.run();
		return liveEntries(file);
	}

	/** Rule K2: live in committed state, whatever is pending above it. */
	private boolean isLive(EntryScanner scanner, long number) {
		Location location = locate(scanner);
		return location != null && location.file() == number && location.offset() == scanner.offset();
	}

	/** Rule K3. */
	private boolean isNeeded(EntryScanner tombstone, long number) {
		boolean older = !this.others.isEmpty() && this.others.first() < number;
		return older && locate(tombstone) == null;
	}

	private @Nullable Location locate(EntryScanner scanner) {
		return this.database.committed().index().get(scanner.buffer(), scanner.keyOffset(), scanner.keyLength());
	}

}
