package io.s4db.engine.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import io.s4db.IndexMode;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.index.KeyIndex;
import io.s4db.index.SortedFile;
import io.s4db.index.SortedFileWriter;
import io.s4db.local.AtomicFiles;
import io.s4db.local.LocalDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sorted files that an index which does not fit into memory is kept in: what they
 * look like, where they are, and from when on there are any.
 *
 * <p>
 * They hold what the store has anyway, and belong to this process alone. So they are
 * removed from their directory as soon as they are open; they are written and read all
 * the same, and their space is taken until nothing refers to them. A process that ends
 * leaves none, however it ends.
 */
final class IndexFiles {

	private static final Logger logger = LoggerFactory.getLogger(IndexFiles.class);

	/** A page is read for a key that is looked up. */
	private static final int PAGE = 8 << 10;

	/** The same, from the store: larger, since a request costs more than its bytes. */
	private static final int STORED_PAGE = 16 << 10;

	private static final int MIN_PAGE = 64;

	/** Pages do not get larger than this part of the memory. */
	private static final int PAGES = 64;

	/** Bytes of heap that a key takes in memory besides itself, about. */
	private static final int KEY_OVERHEAD = 20;

	private final LocalStorage local;

	private final IndexMode mode;

	private final long memory;

	private final AtomicLong count = new AtomicLong();

	IndexFiles(LocalStorage local, S4DBOptions options) {
		this.local = local;
		this.mode = options.indexMode();
		this.memory = options.indexMemory();
	}

	/** Whether an index of so many keys is filled in files from the beginning. */
	boolean areFilled(long keys, int keyLength) {
		return switch (this.mode) {
			case MEMORY -> false;
			case PAGED -> true;
			case AUTO -> keys * (keyLength + KEY_OVERHEAD) > this.memory;
		};
	}

	/**
	 * Whether an index, or what came since the last file, is too large for memory.
	 * @param first whether no file is there
	 */
	boolean isTooLarge(KeyIndex index, boolean first) {
		if (this.mode == IndexMode.MEMORY || index.size() == 0) {
			return false;
		}
		// What is in memory is there twice while it is written.
		boolean whole = first && this.mode == IndexMode.AUTO;
		return index.heapBytes() > (whole ? this.memory : this.memory / 2);
	}

	/**
	 * Writes a file.
	 * @param records what it holds, in the order of keys
	 * @param hashes gives the hashes of its keys
	 */
	SortedFile write(Supplier<KeyIndex.Cursor> records, KeyIndex hashes) {
		try (SortedFileWriter writer = begin()) {
			copy(records.get(), writer);
			return writer.finish(hashes);
		}
		catch (IOException ex) {
			throw notWritten(ex);
		}
	}

	private static void copy(KeyIndex.Cursor records, SortedFileWriter writer) throws IOException {
		while (records.next()) {
			writer.add(records.buffer(), records.keyOffset(), records.keyLength(), records.file(), records.offset(),
					records.entryLength(), records.tombstone());
			if ((writer.size() & 0xffff) == 0) {
				IoPool.checkInterrupted();
			}
		}
	}

	/** How large the pages of a state in the store are, in bytes. */
	int storedPageBytes() {
		return pageBytes(STORED_PAGE);
	}

	private int pageBytes(int most) {
		return (int) Math.max(MIN_PAGE, Math.min(most, this.memory / PAGES));
	}

	/** Begins a file, to be finished or closed. */
	SortedFileWriter begin() throws IOException {
		int page = pageBytes(PAGE);
		Path path = path();
		try {
			return new SortedFileWriter(path, page);
		}
		finally {
			remove(path);
		}
	}

	/** What is open goes on to be written and read, and nothing is left by a crash. */
	private static void remove(Path path) {
		try {
			Files.deleteIfExists(path);
		}
		catch (IOException ex) {
			logger.debug("{} stays where it is: files that are open cannot be removed here", path, ex);
		}
	}

	S4DBException notWritten(IOException ex) {
		IoPool.checkInterrupted();
		LocalDirectory directory = this.local.directory();
		return new S4DBException("A part of the index, which is larger than s4db.index.memory, cannot be written to "
				+ ((directory != null) ? directory.path() : "the directory for temporary files") + ": "
				+ ex.getMessage(), ex);
	}

	private Path path() throws IOException {
		LocalDirectory directory = this.local.directory();
		if (directory != null && directory.takesFiles()) {
			return directory.copies().temporaryPath("index_" + this.count.incrementAndGet());
		}
		return Files.createTempFile("s4db-index", AtomicFiles.TEMPORARY);
	}

}
