package io.s4db.engine.commit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import io.s4db.engine.follow.Replay;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.Database;
import io.s4db.format.FileRecord;
import io.s4db.format.IndexTrailer;
import io.s4db.format.IndexWriter;
import io.s4db.format.Manifest.Kind;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.index.KeyIndex;
import io.s4db.index.Location;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;

/**
 * Keeps the manifest's log short (rule W8): its last items are replaced by one delta, an
 * object that says what they come to. A delta takes in an older item only if that is not
 * much larger than what it has already, so that each entry is rewritten a number of times
 * that grows with the logarithm of their number.
 */
final class LogFolding {

	/** From so many data files in the log on it is folded. */
	private static final int FILES = 64;

	/** From so many items on it is folded. */
	private static final int ITEMS = 32;

	private final Database database;

	private final Replay replay;

	LogFolding(Database database) {
		this.database = database;
		this.replay = new Replay(database);
	}

	/** Folds the draft's log if it is long. The committed state must be the log's end. */
	void foldIfLong(ManifestDraft draft) {
		List<LogItem> log = draft.log();
		int files = log.stream().mapToInt((item) -> item.files().size()).sum();
		if (log.size() < ITEMS && files < FILES) {
			return;
		}
		int first = first(log);
		if (first >= log.size() - 1 && files < FILES) {
			return;
		}
		List<LogItem> folded = log.subList(first, log.size());
		LogItem delta = write(folded, (first > 0) ? log.get(first - 1).seq() : before(log.get(0), draft.logStart()),
				draft.seq());
		List<LogItem> kept = new ArrayList<>(log.subList(0, first));
		kept.add(delta);
		List<String> objects = folded.stream()
			.filter((item) -> item.object() != null)
			.map(LogItem::objectName)
			.toList();
		draft.replaceLog(kept);
		draft.obsolete(NumberRanges.EMPTY, objects);
	}

	private static long before(LogItem first, long logStart) {
		return (first.kind() == Kind.DELTA) ? first.fromSeq() : logStart;
	}

	/** Where to begin: a rebuilt state stays; a large older delta does too. */
	private static int first(List<LogItem> log) {
		long entries = 0;
		int first = log.size();
		while (first > 0) {
			LogItem older = log.get(first - 1);
			boolean large = older.kind() == Kind.DELTA && older.entries() > 2 * entries + 16;
			if (older.kind() == Kind.REBUILD || (large && log.size() - first >= 8)) {
				break;
			}
			entries += older.entries();
			first--;
		}
		return first;
	}

	/**
	 * @param seq of the manifest that is to name it
	 */
	private LogItem write(List<LogItem> items, long fromSeq, long seq) {
		KeyIndex touched = this.database.newIndex();
		List<FileRecord> added = new ArrayList<>();
		NumberRanges removed = NumberRanges.EMPTY;
		CommittedState state = this.database.committed();
		for (LogItem item : items) {
			if (item.kind() == Kind.COMPACTION) {
				// Whatever the outputs have may have moved: the keys decide, not where
				// from.
				LogItem all = LogItem.append(item.seq(), item.commit(), item.files());
				collect(this.replay.changes(all, state), touched);
				added.addAll(item.files());
				removed = removed.plus(item.inputs());
			}
			else {
				Replay.Changes changes = this.replay.changes(item, state);
				collect(changes, touched);
				added.addAll(changes.added());
				removed = removed.plus(changes.removed());
			}
		}
		NumberRanges gone = removed;
		added.removeIf((record) -> gone.contains(record.number()));
		LogItem last = items.get(items.size() - 1);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try {
			IndexWriter writer = new IndexWriter(bytes, 0, touched.size());
			KeyIndex.Cursor cursor = touched.cursor();
			while (cursor.next()) {
				Location now = state.index()
					.get(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), cursor.hash());
				writer.add(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), (now != null) ? now.file() : 0,
						(now != null) ? now.offset() : 0, (now != null) ? now.length() : 0);
			}
			writer.finish(new IndexTrailer(true, fromSeq, last.seq(), last.commit(), added, removed));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		// Nobody else can make this name, so that a request sent twice does no harm.
		String name = StoreLayout.delta(seq, this.database.newId());
		this.database.store.put(name, ObjectContent.of(bytes.toByteArray()), PutCondition.none());
		return new LogItem(Kind.DELTA, fromSeq, last.seq(), last.commit(), List.of(), NumberRanges.EMPTY, name,
				touched.size());
	}

	private static void collect(Replay.Changes changes, KeyIndex touched) {
		changes.keys()
			.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> touched.put(buffer,
					keyOffset, keyLength, hash, file, offset, length, tombstone));
	}

}
