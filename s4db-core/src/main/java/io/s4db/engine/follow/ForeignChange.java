package io.s4db.engine.follow;

import java.util.Map;
import java.util.Objects;

import io.s4db.ForeignWriterException;
import io.s4db.ProgressListener;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.index.KeyIndex;
import io.s4db.index.Location;

/**
 * The reference wrote to a database of ours: its {@code index.idx} replaced ours. That is
 * adopted if nothing would be lost: if the manifest has no commit that the reference
 * could not see, no data file of ours was replaced, and its keys are just what the data
 * files replayed give.
 */
final class ForeignChange {

	private final Database database;

	ForeignChange(Database database) {
		this.database = database;
	}

	/**
	 * Adopts an index.
	 * @param state the state read from it, its data files not known yet
	 * @throws ForeignWriterException if that would lose something
	 */
	Loaded adopt(Manifest manifest, String manifestETag, CommittedState state, Loaded.ForeignIndex foreign) {
		Map<Long, Long> sizes = DataObjects.listReference(this.database).sizes();
		NumberRanges referred = state.numbersReferredTo();
		DataFileReplay replay = new DataFileReplay(this.database);
		// The reference takes numbers above those that it sees, which may be ones that we
		// gave up: a file of its own is told from an obsolete one of ours by its footer.
		CommittedState replayed = replay
			.replay(sizes, Map.of(),
					(record) -> manifest.files().contains(record.number()) || referred.contains(record.number())
							|| (!record.sealed() && !manifest.foreign().contains(record.number())),
					ProgressListener.NONE);
		checkOurs(manifest, replayed);
		compare(state, replayed);
		replayed.reached(manifest.seq(), null);
		return new Loaded(replayed, manifest, manifestETag, null, foreign);
	}

	/**
	 * Files that we committed are still the same, or gone: compacted by the reference.
	 */
	private void checkOurs(Manifest manifest, CommittedState replayed) {
		for (DataFile file : replayed.files()) {
			if (manifest.files().contains(file.number()) && !file.record().sealed()
					&& !manifest.foreign().contains(file.number())) {
				throw differs(file.record().name() + " is not the file that was committed under this name");
			}
		}
		for (Manifest.LogItem item : manifest.log()) {
			for (FileRecord committed : item.files()) {
				DataFile now = replayed.file(committed.number());
				if (now != null && !Objects.equals(now.record().id(), committed.id())) {
					throw differs(committed.name() + " is not the file that was committed under this name");
				}
			}
		}
	}

	private void compare(CommittedState index, CommittedState replayed) {
		KeyIndex.Cursor cursor = replayed.index().cursor();
		long found = 0;
		while (cursor.next()) {
			Location location = index.index()
				.get(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), cursor.hash());
			String key = new String(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(),
					java.nio.charset.StandardCharsets.UTF_8);
			if (location == null) {
				throw differs("the key \"" + key + "\" is in " + StoreLayout.dataFile(cursor.file())
						+ " but not in the index");
			}
			if (location.file() != cursor.file() || location.offset() != cursor.offset()) {
				throw differs("the index has an older value of the key \"" + key + "\" than the data files");
			}
			found++;
		}
		if (found != index.index().size()) {
			throw differs("the index has " + (index.index().size() - found)
					+ " keys that no data file has (any more), or that were deleted");
		}
	}

	private ForeignWriterException differs(String what) {
		return new ForeignWriterException("Another program, most likely the reference implementation, replaced "
				+ StoreLayout.INDEX + " in " + this.database.store.description()
				+ ", and adopting that would lose something: " + what
				+ ". Either keep what all data files together say: S4DBEngine.rebuild(store, options), then upload();"
				+ " or let the other program make its index anew from all data files (download, rebuild_index, upload)"
				+ " and open again");
	}

}
