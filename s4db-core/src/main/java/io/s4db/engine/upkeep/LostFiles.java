package io.s4db.engine.upkeep;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.s4db.CorruptDataException;
import io.s4db.Finding;
import io.s4db.StoreUnavailableException;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the committed data files that are not in the store any more, by what a rebuild
 * knows: the manifest; without one, {@code index.idx} or what this database last saw,
 * whichever is newer. No file that an index in the store has was ever rightly deleted
 * (rule G2). Costs nothing with a manifest as long as none is lost, else a HEAD and a GET
 * of the index. Under the commit lock.
 */
final class LostFiles {

	private final Database database;

	LostFiles(Database database) {
		this.database = database;
	}

	/**
	 * What {@code index.idx} has.
	 *
	 * @param foreign whether the reference wrote it
	 * @param seq the state's sequence number; 0 if the reference wrote it
	 * @param eTag the object's ETag
	 * @param live how many live entries each data file has
	 */
	private record Index(boolean foreign, long seq, String eTag, Map<Long, Long> live) {

		private NumberRanges numbers() {
			return NumberRanges.of(this.live.keySet());
		}

	}

	/**
	 * What a listing left out, and is there: it may lag. One HEAD for each file that
	 * would be taken for lost.
	 * @param listed the data files' sizes by number; gets those that it lacks
	 * @param findings gets one for each
	 */
	void findUnlisted(@Nullable Manifest manifest, Map<Long, Long> listed, List<Finding> findings) {
		NumberRanges there = NumberRanges.of(listed.keySet());
		NumberRanges suspects = find(manifest, there, new ArrayList<>());
		if (manifest == null) {
			suspects = suspects.plus(this.database.committed().numbers()).minus(there);
		}
		this.database.io.map(this.database.options.readParallelism(), suspects.toList(), (number) -> {
			ObjectInfo info = this.database.store.head(StoreLayout.dataFile(number));
			return java.util.Optional.ofNullable(info);
		}).forEach((found) -> found.ifPresent((info) -> {
			listed.put(StoreLayout.dataFileNumber(info.name()).orElseThrow(), info.size());
			findings.add(new Finding(info.name(), -1, "the listing left it out, though it is there: its entries count."
					+ " Other objects may be left out as well"));
		}));
	}

	/** Takes those off that a listing shows though they are gone. */
	void removeGone(Map<Long, Long> listed) {
		this.database.io
			.map(this.database.options.readParallelism(), List.copyOf(listed.keySet()),
					(number) -> (this.database.store.head(StoreLayout.dataFile(number)) == null) ? number : -1)
			.forEach(listed::remove);
	}

	/**
	 * Finds them.
	 * @param there the numbers of the data files in the store
	 * @param findings gets one for each
	 * @return their numbers
	 */
	NumberRanges find(@Nullable Manifest manifest, NumberRanges there, List<Finding> findings) {
		CommittedState own = this.database.committed();
		NumberRanges lost;
		Index index;
		String witness;
		if (manifest != null) {
			lost = manifest.files().minus(manifest.obsoleteFiles()).minus(there);
			if (lost.isEmpty()) {
				return lost;
			}
			index = readIndex();
			witness = "the manifest says that it is live";
			if (index != null && index.foreign() && !isRecorded(index, manifest)) {
				// The reference deletes what it compacts, and the manifest does not know.
				lost = lost.minus(lost.minus(index.numbers()));
			}
		}
		else {
			index = readIndex();
			if (index != null && (index.foreign() || index.seq() >= own.seq())) {
				lost = index.numbers().minus(there);
				witness = "the index has it";
			}
			else {
				lost = own.numbers().minus(there);
				witness = "it was committed when this database last followed others";
			}
		}
		List<Finding> found = new ArrayList<>();
		lost.forEach((number) -> found.add(finding(number, own.file(number), index, witness)));
		findings.addAll(found);
		return lost;
	}

	private static Finding finding(long number, @Nullable DataFile own, @Nullable Index index, String witness) {
		Long live = (own != null) ? Long.valueOf(own.liveEntries())
				: ((index != null) ? index.live().get(number) : null);
		String entries = (live != null) ? "its entries are gone, among them " + live + " that were live"
				: "its entries are gone";
		String copy = (own != null && own.copy() != null) ? ". Its local copy is set aside" : "";
		return new Finding(StoreLayout.dataFile(number), -1, "it is not in the store, though " + witness + ": "
				+ entries + ", and older values of their keys, or deleted keys, may be back" + copy);
	}

	private static boolean isRecorded(Index index, Manifest manifest) {
		Checkpoint known = manifest.checkpoint();
		return known != null && known.eTag().equals(index.eTag());
	}

	/** Null if there is none, or it is damaged. */
	private @Nullable Index readIndex() {
		ObjectInfo info = this.database.store.head(StoreLayout.INDEX);
		if (info == null) {
			return null;
		}
		Map<Long, Long> live = new HashMap<>();
		try (InputStream in = this.database.store.open(StoreLayout.INDEX, 0, info.size())) {
			IndexTrailer trailer = new IndexReader(in, StoreLayout.INDEX)
				.read((buffer, keyOffset, keyLength, file, offset, length) -> live.merge(file, 1L, Long::sum));
			if (trailer != null) {
				trailer.files().forEach((file) -> live.putIfAbsent(file.number(), 0L));
			}
			return new Index(trailer == null, (trailer != null) ? trailer.seq() : 0, info.eTag(), live);
		}
		catch (ObjectNotFoundException | CorruptDataException | UnsupportedFormatException ex) {
			return null;
		}
		catch (IOException ex) {
			throw new StoreUnavailableException(StoreLayout.INDEX + " could not be read to its end: " + ex.getMessage(),
					ex);
		}
	}

}
