package io.s4db.engine;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.s4db.CorruptDataException;
import io.s4db.StoreUnavailableException;
import io.s4db.format.FileRecord;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.StoreLayout;
import io.s4db.index.Location;
import org.jspecify.annotations.Nullable;

/**
 * Reads an index file into a {@link CommittedState}. The file's entries come before its
 * table of data files, so what of each file is live is counted on the side.
 */
final class StateReader {

	private final CommittedState state;

	private final String name;

	private final Map<Long, long[]> live = new HashMap<>();

	private long lastNumber = -1;

	private long[] lastLive = new long[3];

	private long next;

	StateReader(CommittedState state, String name) {
		this.state = state;
		this.name = name;
	}

	/**
	 * Reads the file.
	 * @return its trailer; null if it is the reference's
	 */
	@Nullable IndexTrailer read(InputStream in) {
		try {
			IndexReader reader = new IndexReader(in, this.name);
			IndexTrailer trailer = reader.read(this::entry);
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

	private void entry(byte[] buffer, int keyOffset, int keyLength, long file, long offset, int length) {
		long hash = this.state.index().hash(buffer, keyOffset, keyLength);
		Location before = this.state.index().put(buffer, keyOffset, keyLength, hash, file, offset, length, false);
		if (before != null) {
			throw new CorruptDataException(this.name + " has a key twice");
		}
		this.state.countKeyBytes(keyLength);
		if (file != this.lastNumber) {
			this.lastNumber = file;
			this.lastLive = this.live.computeIfAbsent(file, (number) -> new long[3]);
		}
		this.lastLive[0]++;
		this.lastLive[1] += length;
		this.lastLive[2] = Math.max(this.lastLive[2], offset + length);
	}

	/** The data files, once known. */
	void files(List<FileRecord> records) {
		records.forEach(this.state::addFile);
		this.live.forEach((number, counts) -> {
			DataFile file = this.state.file(number);
			if (file == null || counts[2] > file.record().bytes()) {
				throw new CorruptDataException(this.name + " refers to " + counts[2] + " bytes of "
						+ StoreLayout.dataFile(number) + ((file == null) ? ", which is none of the data files"
								: ", which has " + file.record().bytes()));
			}
			file.live(Math.toIntExact(counts[0]), counts[1]);
		});
	}

	/**
	 * The data files of a database of the reference: what a listing shows. A file that
	 * the index refers to and that is not there is an error for those who read from it
	 * only.
	 */
	void foreignFiles(Map<Long, Long> sizes) {
		Map<Long, Long> all = new HashMap<>(sizes);
		this.live.forEach((number, counts) -> all.merge(number, counts[2], Math::max));
		all.forEach((number, size) -> {
			long[] counts = this.live.getOrDefault(number, new long[3]);
			DataFile file = this.state.addFile(new FileRecord(number, size, counts[0], 0, null));
			file.live(Math.toIntExact(counts[0]), counts[1]);
		});
	}

	/** The next file number that the file announced. */
	long next() {
		return this.next;
	}

}
