package io.s4db.engine.follow;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;

import io.s4db.CorruptDataException;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.read.DataFileReader;
import io.s4db.engine.state.BulkPut;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.format.FileRecord;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.Manifest.Kind;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.NumberRanges;
import io.s4db.index.KeyIndex;
import io.s4db.index.Location;
import io.s4db.local.LocalFile;
import org.jspecify.annotations.Nullable;

/**
 * Turns items of the manifest's log into changes of a committed state. What must be seen
 * as a whole is fetched as a whole before anything is changed.
 */
public final class Replay {

	/** Data files whose keys are in memory at a time, where that is possible. */
	private static final int FILES_AT_A_TIME = 4;

	private static final Runnable NOTHING = () -> {
	};

	private final Database database;

	private final DataFileReader files;

	public Replay(Database database) {
		this.database = database;
		this.files = new DataFileReader(database);
	}

	/**
	 * What an item changes.
	 *
	 * @param keys where keys are now; tombstones for those that are gone
	 * @param added data files that are new
	 * @param removed data files that nothing refers to any more
	 */
	public record Changes(KeyIndex keys, List<FileRecord> added, NumberRanges removed) {
	}

	/**
	 * Whether the log leads on from a state.
	 * @param logStart the state that the log begins after
	 * @param seq the state's sequence number
	 */
	static boolean reaches(List<LogItem> log, long logStart, long seq) {
		long at = seq;
		for (LogItem item : log) {
			if (item.seq() <= at) {
				continue;
			}
			if (item.kind() == Kind.REBUILD) {
				return false;
			}
			if (item.kind() == Kind.DELTA && item.fromSeq() > at) {
				return false;
			}
			at = item.seq();
		}
		return seq >= logStart;
	}

	/** Fetches what an item changes in a state. */
	public Changes changes(LogItem item, CommittedState state) {
		if (item.kind() == Kind.DELTA) {
			return delta(item);
		}
		KeyIndex keys = this.database.newIndex();
		addKeys(item, state, keys);
		return new Changes(keys, item.files(), item.inputs());
	}

	/**
	 * Moves the keys of a compaction in a state, one after the other. A state in which
	 * some have moved and others have not is as good, as long as the inputs are there: so
	 * readers may see it, and memory does not grow with the database.
	 * @return the inputs, to be removed by the caller. None where pages of the base are
	 * read: nothing moves then, since the inputs have the same values, and stay until
	 * base and index cover this and the retention has passed (S12). By then another base
	 * is read
	 */
	NumberRanges move(LogItem item, CommittedState state) {
		item.files().forEach(state::addFile);
		if (state.isOnBase()) {
			return NumberRanges.EMPTY;
		}
		BulkPut moved = BulkPut.moving(this.database, state, item.files().stream().mapToLong(FileRecord::entries).sum(),
				item.inputs());
		try {
			forEachEntryOfFew(item.files(), state, NOTHING,
					(record, tombstone, buffer, keyOffset, keyLength, hash, offset, length) -> {
						if (!tombstone) {
							moved.put(buffer, keyOffset, keyLength, hash, record.number(), offset, length);
						}
					});
		}
		finally {
			// Also after a failure: what has moved counts.
			state.addLive(moved.finish());
		}
		return item.inputs();
	}

	private static boolean moves(LogItem compaction, boolean tombstone, @Nullable Location now) {
		return !tombstone && now != null && compaction.inputs().contains(now.file());
	}

	private void addKeys(LogItem item, CommittedState state, KeyIndex keys) {
		forEachEntry(item.files(), state, (record, tombstone, buffer, keyOffset, keyLength, hash, offset, length) -> {
			if (item.kind() == Kind.APPEND
					|| moves(item, tombstone, state.index().get(buffer, keyOffset, keyLength, hash))) {
				keys.put(buffer, keyOffset, keyLength, hash, record.number(), offset, length, tombstone);
			}
		});
	}

	/** Sees an entry of a data file. */
	private interface Visitor {

		void visit(FileRecord record, boolean tombstone, byte[] buffer, int keyOffset, int keyLength, long hash,
				long offset, int length);

	}

	/**
	 * Visits entries in order, with the keys of a few files in memory at a time.
	 * @param between is done before each of those
	 */
	private void forEachEntryOfFew(List<FileRecord> records, CommittedState state, Runnable between, Visitor visitor) {
		for (int i = 0; i < records.size(); i += FILES_AT_A_TIME) {
			between.run();
			forEachEntry(records.subList(i, Math.min(records.size(), i + FILES_AT_A_TIME)), state, visitor);
		}
	}

	/** Visits entries in order, once the keys of all the files were fetched. */
	private void forEachEntry(List<FileRecord> records, CommittedState state, Visitor visitor) {
		List<DataFileReader.Keys> read = this.database.io.map(this.database.options.readParallelism(), records,
				(record) -> this.files.keys(record, copy(record, state)));
		for (int i = 0; i < read.size(); i++) {
			FileRecord record = records.get(i);
			this.files.forEachEntry(record, copy(record, state), read.get(i),
					(tombstone, buffer, keyOffset, keyLength, offset, length) -> visitor.visit(record, tombstone,
							buffer, keyOffset, keyLength, state.index().hash(buffer, keyOffset, keyLength), offset,
							length));
		}
	}

	private static @Nullable LocalFile copy(FileRecord record, CommittedState state) {
		DataFile file = state.file(record.number());
		return (file != null) ? file.copy() : null;
	}

	private Changes delta(LogItem item) {
		KeyIndex keys = this.database.newIndex();
		try (InputStream in = this.database.store.open(item.objectName(), 0, Long.MAX_VALUE)) {
			IndexTrailer trailer = new IndexReader(in, item.objectName()).read((buffer, keyOffset, keyLength, file,
					offset, length) -> keys.put(buffer, keyOffset, keyLength, file, offset, length, file == 0));
			if (trailer == null || !trailer.delta() || trailer.seq() != item.seq()) {
				throw new CorruptDataException(item.objectName() + " is not the delta that the manifest says");
			}
			return new Changes(keys, trailer.files(), trailer.removed());
		}
		catch (IOException ex) {
			throw new StoreUnavailableException(item.objectName() + " could not be read to its end: " + ex.getMessage(),
					ex);
		}
	}

	/** Applies items to a state that nobody else sees yet, a few files at a time. */
	void apply(List<LogItem> log, CommittedState state) {
		for (LogItem item : log) {
			if (item.seq() <= state.seq()) {
				continue;
			}
			state.index().makeRoom();
			switch (item.kind()) {
				case APPEND -> {
					item.files().forEach(state::addFile);
					forEachEntryOfFew(item.files(), state, state.index()::makeRoom,
							(record, tombstone, buffer, keyOffset, keyLength, hash, offset, length) -> state
								.apply(buffer, keyOffset, keyLength, hash, record.number(), offset, length, tombstone));
				}
				case COMPACTION -> move(item, state).forEach(state::removeFile);
				default -> apply(changes(item, state), state);
			}
			state.reached(item.seq(), item.commit());
		}
	}

	private static void apply(Changes changes, CommittedState state) {
		changes.added().forEach(state::addFile);
		changes.keys().forEach(state::apply);
		changes.removed().forEach(state::removeFile);
	}

}
