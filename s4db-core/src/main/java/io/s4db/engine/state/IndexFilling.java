package io.s4db.engine.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.s4db.CorruptDataException;
import io.s4db.index.KeyBounds;
import io.s4db.index.KeyIndex;
import io.s4db.index.SortedFile;
import io.s4db.index.SortedFileWriter;
import io.s4db.index.SortedRecords;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one file of more keys than memory has room for. They come in any order, several
 * times too, where the last time counts: nobody asks what stood there before, and what
 * that comes to is counted at the end. As long as keys come in order they go to a file at
 * once. Until it is finished it can be given up at any time. For one thread.
 */
final class IndexFilling implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(IndexFilling.class);

	/** Files that are merged at once. */
	private static final int MOST_FILES = 128;

	private final long hashSeed;

	private final IndexFiles space;

	/** Newest first. */
	private final List<SortedFile> files = new ArrayList<>();

	/** What came in order from the beginning; null once a key did not. */
	private @Nullable SortedFileWriter inOrder;

	private KeyIndex collected;

	private final RoomCheck check = new RoomCheck();

	private long count;

	IndexFilling(long hashSeed, IndexFiles space) {
		this.hashSeed = hashSeed;
		this.space = space;
		this.collected = new KeyIndex(hashSeed);
		try {
			this.inOrder = space.begin();
		}
		catch (IOException ex) {
			throw space.notWritten(ex);
		}
	}

	/**
	 * The entry of a key stands there now.
	 * @throws CorruptDataException if the file's number is 0, which stands for none
	 */
	void put(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset, int entryLength) {
		if (file == 0) {
			throw new CorruptDataException("The index is damaged: a key stands in data file 0, which there never is."
					+ " S4DBEngine.rebuild(store, options) makes a new index");
		}
		SortedFileWriter writer = this.inOrder;
		if (writer == null || !writer.follows(buffer, keyOffset, keyLength)) {
			endOrder();
			collect(buffer, keyOffset, keyLength, hash, file, offset, entryLength, false);
			return;
		}
		try {
			writer.add(buffer, keyOffset, keyLength, file, offset, entryLength, false);
			this.count++;
		}
		catch (IOException ex) {
			throw this.space.notWritten(ex);
		}
	}

	/** A key has no entry any more. */
	void remove(byte[] buffer, int keyOffset, int keyLength, long hash) {
		endOrder();
		collect(buffer, keyOffset, keyLength, hash, 0, 0, 0, true);
	}

	private void collect(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset,
			int entryLength, boolean tombstone) {
		this.collected.put(buffer, keyOffset, keyLength, hash, file, offset, entryLength, tombstone);
		this.count++;
		if (this.check.isDue(keyLength) && this.space.isTooLarge(this.collected, false)) {
			write();
		}
	}

	private void endOrder() {
		SortedFileWriter writer = this.inOrder;
		if (writer == null) {
			return;
		}
		this.inOrder = null;
		try (writer) {
			if (writer.size() > 0) {
				this.files.add(writer.finish(this.collected));
			}
		}
		catch (IOException ex) {
			throw this.space.notWritten(ex);
		}
	}

	private void write() {
		IoPool.checkInterrupted();
		KeyIndex index = this.collected;
		this.files.add(0, this.space.write(() -> SortedRecords.of(index), index));
		this.collected = new KeyIndex(this.hashSeed);
		if (this.files.size() == MOST_FILES) {
			// As seldom as can be: their space comes free some time later.
			List<SortedFile> all = List.copyOf(this.files);
			SortedFile merged = this.space.write(() -> Tiers.merged(all), this.collected);
			this.files.clear();
			this.files.add(merged);
		}
	}

	/** How many keys came, each time counted. */
	long count() {
		return this.count;
	}

	/**
	 * Ends it, and shows what came, each key once.
	 * @param visitor sees each of them; the hash is not told
	 */
	SortedFile finish(KeyIndex.Visitor visitor) {
		boolean ordered = this.inOrder != null;
		endOrder();
		if (this.collected.size() > 0) {
			write();
		}
		List<SortedFile> all = List.copyOf(this.files);
		SortedFile file = (ordered && !all.isEmpty()) ? all.get(0)
				: this.space.write(() -> new LiveRecords(Tiers.merged(all)), this.collected);
		KeyIndex.Cursor records = file.cursor(KeyBounds.ALL, false);
		while (records.next()) {
			visitor.visit(records.buffer(), records.keyOffset(), records.keyLength(), 0, records.file(),
					records.offset(), records.entryLength(), false);
		}
		return file;
	}

	@Override
	public void close() {
		SortedFileWriter writer = this.inOrder;
		this.inOrder = null;
		this.files.clear();
		this.collected.clear();
		if (writer != null) {
			try {
				writer.close();
			}
			catch (IOException ex) {
				logger.debug("A file of the index that was given up could not be closed", ex);
			}
		}
	}

}
