package io.s4db.engine.follow;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.s4db.CorruptDataException;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.state.BulkPut;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.format.FileRecord;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectInfo;
import org.jspecify.annotations.Nullable;

/**
 * Reads an index file into a {@link CommittedState}. The file's entries come before its
 * table of data files, so what of each file is live is counted on the side.
 */
final class StateReader {

	private final CommittedState state;

	private final String name;

	private final Database database;

	private Map<Long, BulkPut.Live> live = Map.of();

	private long next;

	StateReader(Database database, CommittedState state, String name) {
		this.database = database;
		this.state = state;
		this.name = name;
	}

	/**
	 * Reads the file.
	 * @param length how many bytes it has; 0 if that is not known
	 * @return its trailer; null if it is the reference's
	 */
	@Nullable IndexTrailer read(InputStream in, long length) {
		try {
			IndexReader reader = new IndexReader(in, this.name);
			long entries = Math.min(reader.entries(), length / IndexReader.MIN_ENTRY);
			BulkPut filler = new BulkPut(this.database, this.state, entries, length - entries * IndexReader.MIN_ENTRY);
			IndexTrailer trailer;
			try {
				trailer = reader.read(filler::put);
				this.live = filler.finish();
			}
			catch (RuntimeException | IOException | Error ex) {
				filler.giveUp();
				throw ex;
			}
			if (filler.hadKeyTwice()) {
				throw new CorruptDataException(this.name + " has a key twice");
			}
			this.next = reader.next();
			if (trailer != null) {
				if (trailer.delta()) {
					throw new CorruptDataException(this.name + " is a delta, not a whole index");
				}
				files(trailer.files());
				this.state.reached(trailer.seq(), trailer.commit());
			}
			return trailer;
		}
		catch (IOException ex) {
			throw new StoreUnavailableException(this.name + " could not be read to its end: " + ex.getMessage(), ex);
		}
	}

	/** The data files, once known. */
	void files(List<FileRecord> records) {
		records.forEach(this.state::addFile);
		this.live.forEach((number, live) -> {
			DataFile file = this.state.file(number);
			if (file == null || live.end() > file.record().bytes()) {
				throw new CorruptDataException(this.name + " refers to " + live.end() + " bytes of "
						+ StoreLayout.dataFile(number) + ((file == null) ? ", which is none of the data files"
								: ", which has " + file.record().bytes()));
			}
			file.live(Math.toIntExact(live.entries()), live.bytes());
		});
	}

	/**
	 * The data files of a database of the reference: what a listing shows. A file that
	 * the index refers to and that is not there is an error for those who read from it
	 * only.
	 * @throws CorruptDataException if an entry would stand behind the end of its file
	 */
	void foreignFiles(Map<Long, ObjectInfo> listed) {
		Map<Long, Long> all = new HashMap<>();
		listed.forEach((number, object) -> all.put(number, object.size()));
		this.live.forEach((number, live) -> {
			long size = all.computeIfAbsent(number, (absent) -> live.end());
			if (live.end() > size) {
				throw new CorruptDataException(this.name + " refers to " + live.end() + " bytes of "
						+ StoreLayout.dataFile(number) + ", which has " + size
						+ ": one of them is damaged. S4DBEngine.rebuild(store, options) makes a new index");
			}
		});
		all.forEach((number, size) -> {
			BulkPut.Live live = this.live.getOrDefault(number, new BulkPut.Live());
			DataFile file = this.state.addFile(new FileRecord(number, size, live.entries(), 0, null));
			file.live(Math.toIntExact(live.entries()), live.bytes());
			ObjectInfo object = listed.get(number);
			if (object != null) {
				file.eTag(object.eTag());
			}
		});
	}

	/** The next file number that the file announced. */
	long next() {
		return this.next;
	}

}
