package io.s4db.engine.follow;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.MissingIndexException;
import io.s4db.Mode;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.read.PrefetchedInput;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.Database;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Base;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.Kind;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.ManifestJson;
import io.s4db.format.StoreLayout;
import io.s4db.index.StoredPages;
import io.s4db.local.LocalDirectory;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a database in full (rule R1): the manifest, the checkpoint, then the log on top.
 * Costs one GET for the manifest, one for the index (more, in parallel, for a large one;
 * a GET of its end instead where the local checkpoint serves), and one for each log item.
 */
final class StateLoader {

	private static final Logger logger = LoggerFactory.getLogger(StateLoader.class);

	/**
	 * Others may commit, and compact, faster than what the manifest names is read.
	 */
	private static final int ATTEMPTS = 30;

	private static final String REBUILD = ". S4DBEngine.rebuild(store, options) makes a new index from the data files";

	private final Database database;

	private final Replay replay;

	/** Whether the index is to be read as a whole, however large it is. */
	private boolean whole;

	/** The base that could not be read. */
	private @Nullable String unreadable;

	/** What the local checkpoint covers that was read last; 0 if none was. */
	private long localSeq;

	StateLoader(Database database) {
		this.database = database;
		this.replay = new Replay(database);
	}

	/** What the local checkpoint covers, where that is what was read; else 0. */
	long localSeq() {
		return this.localSeq;
	}

	/** From now on the index is read as a whole, however large it is. */
	void whole() {
		this.whole = true;
	}

	/** Reads the database. */
	Loaded load() {
		return load(null, null);
	}

	/**
	 * Reads the database.
	 * @param read the manifest, if it was read just now
	 * @param index the index, if that was read just now
	 */
	Loaded load(@Nullable StoredObject read, @Nullable StoredObject index) {
		RuntimeException last = null;
		StoredObject object = read;
		this.localSeq = 0;
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			try {
				object = (object != null && attempt == 0) ? object : this.database.store.get(StoreLayout.MANIFEST);
			}
			catch (ObjectNotFoundException ex) {
				Loaded loaded = loadWithoutManifest((attempt == 0) ? index : null);
				if (loaded != null) {
					return loaded;
				}
				continue;
			}
			Manifest manifest = ManifestJson.read(object.bytes());
			try {
				Loaded loaded = loadWith(manifest, object.eTag());
				if (loaded != null) {
					return loaded;
				}
			}
			catch (ObjectNotFoundException | CorruptDataException ex) {
				// Another writer may have moved on meanwhile: then the next manifest
				// tells.
				if (last != null && Objects.equals(last.getMessage(), ex.getMessage())) {
					throw (ex instanceof CorruptDataException) ? ex : new MissingIndexException(
							"The manifest refers to an object that is not there: " + ex.getMessage() + REBUILD, ex);
				}
				last = ex;
			}
		}
		if (last != null) {
			throw last;
		}
		throw new S4DBException("Others commit to " + this.database.store.description() + " faster than it is opened: "
				+ ATTEMPTS + " times the log no longer led on from the index that was read. Try again");
	}

	/** Null if others trimmed the log after the index was read. */
	private @Nullable Loaded loadWith(Manifest manifest, String manifestETag) {
		LogItem rebuild = null;
		for (LogItem item : manifest.log()) {
			rebuild = (item.kind() == Kind.REBUILD) ? item : rebuild;
		}
		if (rebuild != null && !isCovered(rebuild)) {
			CommittedState state = this.database.newState();
			readState(state, rebuild.objectName());
			state.reached(rebuild.seq(), rebuild.commit());
			this.replay.apply(manifest.log(), state);
			return new Loaded(state, manifest, manifestETag, null, null);
		}
		CommittedState state = this.database.newState();
		Source base = localCheckpoint(state, manifest);
		if (base == null) {
			state = this.database.newState();
			Checkpoint index = (manifest.base() != null) ? index(manifest) : null;
			if (index != null && isNewer(index, manifest)) {
				return null;
			}
			// The reference's that was taken over says less than the base.
			boolean foreign = index != null && index.commit() == null && !index.equals(manifest.checkpoint());
			base = (manifest.base() != null && !foreign) ? readBase(state, manifest, manifest.base(), index)
					: readIndex(state, manifest);
		}
		if (base.foreign() != null) {
			return new ForeignChange(this.database).adopt(manifest, manifestETag, state, base.foreign());
		}
		if (state.seq() > manifest.seq()) {
			return loadWithNewer(state, base.index());
		}
		return loadOn(state, base.index(), manifest, manifestETag);
	}

	/**
	 * Others committed after the manifest was read: it is read again, the index is kept.
	 */
	private @Nullable Loaded loadWithNewer(CommittedState state, @Nullable Checkpoint index) {
		StoredObject object = this.database.store.get(StoreLayout.MANIFEST);
		Manifest manifest = ManifestJson.read(object.bytes());
		if (state.seq() > manifest.seq()) {
			throw later();
		}
		return leadsOn(manifest, state.seq()) ? loadOn(state, index, manifest, object.eTag()) : null;
	}

	private Loaded loadOn(CommittedState state, @Nullable Checkpoint index, Manifest manifest, String manifestETag) {
		if (index != null) {
			check(manifest, state.seq(), state.commit());
		}
		this.replay.apply(manifest.log(), state);
		return new Loaded(state, manifest, manifestETag, index, null);
	}

	/** Whether {@code index.idx} was written after a rebuild. */
	private boolean isCovered(LogItem rebuild) {
		IndexTrailer.End end = remoteEnd();
		return end != null && end.seq() >= rebuild.seq();
	}

	private IndexTrailer.@Nullable End remoteEnd() {
		try {
			return IndexReader.end(this.database.store.getTail(StoreLayout.INDEX, IndexTrailer.END_LENGTH).bytes(),
					StoreLayout.INDEX);
		}
		catch (ObjectNotFoundException ex) {
			return null;
		}
	}

	/**
	 * What a state was read from.
	 *
	 * @param index the {@code index.idx} in the store, as far as known
	 * @param foreign the same where the reference wrote it
	 */
	private record Source(@Nullable Checkpoint index, Loaded.@Nullable ForeignIndex foreign) {
	}

	/**
	 * Reads the base into the state. If it is gone or damaged, and no later manifest says
	 * that another one is to be read, the index, where that says as much.
	 * @param index the {@code index.idx} in the store
	 */
	private Source readBase(CommittedState state, Manifest manifest, Base base, @Nullable Checkpoint index) {
		try {
			return readBase(state, base, index);
		}
		catch (ObjectNotFoundException | CorruptDataException ex) {
			boolean known = base.object().equals(this.unreadable);
			this.unreadable = base.object();
			if (!known || index == null || index.commit() == null || index.seq() < base.seq()) {
				throw ex;
			}
			logger.warn("{} is read in place of the base of the same log, which the next checkpoint replaces: {}",
					StoreLayout.INDEX, ex.getMessage());
			state.clear();
			return readIndex(state, manifest);
		}
	}

	private Source readBase(CommittedState state, Base base, @Nullable Checkpoint index) {
		if (isReadInPages(base)) {
			readTrailer(state, base);
			return new Source(index, null);
		}
		try (PrefetchedInput in = new PrefetchedInput(this.database, base.object(), 0, base.bytes(),
				this.database.options.readParallelism())) {
			check(base, new StateReader(this.database, state, base.object()).read(in, base.bytes()));
		}
		return new Source(index, null);
	}

	/** What was read must be the state that the manifest says. */
	private static IndexTrailer check(Base base, @Nullable IndexTrailer trailer) {
		if (trailer == null || trailer.seq() != base.seq() || !trailer.commit().equals(base.commit())) {
			throw differs(base);
		}
		return trailer;
	}

	private static CorruptDataException differs(Base base) {
		return new CorruptDataException(base.object() + " is not the state that the manifest says");
	}

	/**
	 * Readers look up keys in the base itself if it is too large for memory. Writers ask
	 * what stood before each key that they commit, which would be a request each.
	 */
	private boolean isReadInPages(Base base) {
		long keyBytes = base.bytes() - base.trailer() - base.entries() * IndexReader.MIN_ENTRY;
		return !this.whole && this.database.options.mode() == Mode.READ_ONLY && base.entries() > 0
				&& this.database.isTooLarge(base.entries(), (int) (keyBytes / base.entries()));
	}

	/** Reads what leads to the pages of the base: one request. */
	private void readTrailer(CommittedState state, Base base) {
		byte[] bytes = this.database.store.getRange(base.object(), base.bytes() - base.trailer(),
				Math.toIntExact(base.trailer()));
		IndexTrailer trailer = check(base, IndexReader.pagedTrailer(bytes, base.object()));
		IndexTrailer.Pages pages = trailer.pages();
		if (pages == null || pages.directory().entries() != base.entries()) {
			throw differs(base);
		}
		for (int i = 0; i < trailer.files().size(); i++) {
			IndexTrailer.Live live = pages.live().get(i);
			state.addFile(trailer.files().get(i)).live(Math.toIntExact(live.entries()), live.bytes());
		}
		StoredPages.Builder builder = new StoredPages.Builder();
		pages.directory().forEach(builder::add);
		state.onBase(base.object(), builder.build(pages.directory().lastKey(), this.database.newIndex(),
				this.database.pages.of(base.object())), this.database.options.readParallelism());
		state.reached(trailer.seq(), trailer.commit());
	}

	/**
	 * Whether others committed after the manifest was read.
	 * @throws MissingIndexException if they did not, and yet the index is of a later
	 * state
	 */
	private boolean isNewer(Checkpoint index, Manifest manifest) {
		if (index.seq() <= manifest.seq()) {
			return false;
		}
		if (ManifestJson.read(this.database.store.get(StoreLayout.MANIFEST).bytes()).seq() < index.seq()) {
			throw later();
		}
		return true;
	}

	private MissingIndexException later() {
		return new MissingIndexException(StoreLayout.INDEX + " in " + this.database.store.description()
				+ " is of a later state than " + StoreLayout.MANIFEST + ": was an older manifest put back?" + REBUILD);
	}

	/**
	 * The {@code index.idx} in the store, its commit null if the reference wrote it; null
	 * if there is none. One request where the manifest knows it, else two.
	 */
	private @Nullable Checkpoint index(Manifest manifest) {
		Checkpoint known = manifest.checkpoint();
		ObjectInfo info = this.database.store.head(StoreLayout.INDEX);
		if (info == null || (known != null && known.eTag().equals(info.eTag()))) {
			return (info != null) ? known : null;
		}
		IndexTrailer.End end = remoteEnd();
		return new Checkpoint((end != null) ? end.seq() : 0, (end != null) ? end.commit() : null, info.eTag(),
				info.size());
	}

	/** Reads {@code index.idx} into the state. */
	private Source readIndex(CommittedState state, Manifest manifest) {
		Checkpoint known = manifest.checkpoint();
		if (known != null && known.bytes() > PrefetchedInput.RANGE && known.commit() != null) {
			return readLargeIndex(state, known);
		}
		StoredObject object;
		try {
			object = this.database.store.get(StoreLayout.INDEX);
		}
		catch (ObjectNotFoundException ex) {
			if (known != null) {
				throw new MissingIndexException(StoreLayout.INDEX + " in " + this.database.store.description()
						+ " is not there, though " + StoreLayout.MANIFEST + " builds on it" + REBUILD, ex);
			}
			return new Source(null, null);
		}
		StateReader reader = new StateReader(this.database, state, StoreLayout.INDEX);
		IndexTrailer trailer = reader.read(new ByteArrayInputStream(object.bytes()), object.bytes().length);
		if (trailer == null) {
			if (known != null && known.eTag().equals(object.eTag())) {
				reader.foreignFiles(DataObjects.list(this.database).files());
				state.reached(known.seq(), known.commit());
				return new Source(known, null);
			}
			return foreign(reader, object.eTag(), object.bytes().length);
		}
		return new Source(new Checkpoint(trailer.seq(), trailer.commit(), object.eTag(), object.bytes().length), null);
	}

	private Source readLargeIndex(CommittedState state, Checkpoint known) {
		try (PrefetchedInput in = new PrefetchedInput(this.database, StoreLayout.INDEX, 0, known.bytes(),
				this.database.options.readParallelism())) {
			IndexTrailer trailer = new StateReader(this.database, state, StoreLayout.INDEX).read(in, known.bytes());
			if (trailer != null && trailer.seq() == known.seq() && trailer.commit().equals(known.commit())) {
				return new Source(known, null);
			}
		}
		catch (CorruptDataException ex) {
			ObjectInfo now = this.database.store.head(StoreLayout.INDEX);
			if (now == null || now.size() == known.bytes()) {
				throw ex;
			}
		}
		// It was replaced, and may be of another length now, or the reference's.
		return readReplacedIndex(state);
	}

	private Source readReplacedIndex(CommittedState state) {
		ObjectInfo now = this.database.store.head(StoreLayout.INDEX);
		if (now == null) {
			throw new CorruptDataException(StoreLayout.INDEX + " was deleted while it was read");
		}
		state.clear();
		StateReader reader = new StateReader(this.database, state, StoreLayout.INDEX);
		try (PrefetchedInput in = new PrefetchedInput(this.database, StoreLayout.INDEX, 0, now.size(),
				this.database.options.readParallelism())) {
			IndexTrailer trailer = reader.read(in, now.size());
			if (trailer == null) {
				return foreign(reader, now.eTag(), now.size());
			}
			return new Source(new Checkpoint(trailer.seq(), trailer.commit(), now.eTag(), now.size()), null);
		}
	}

	private static Source foreign(StateReader reader, String eTag, long bytes) {
		reader.foreignFiles(Map.of());
		return new Source(null, new Loaded.ForeignIndex(eTag, bytes, reader.next()));
	}

	/** An index must be of this database's history, and the log must lead on from it. */
	private static void check(Manifest manifest, long seq, @Nullable UUID commit) {
		if (!leadsOn(manifest, seq)) {
			throw new MissingIndexException(StoreLayout.INDEX + " is of commit " + seq
					+ ", but the manifest's log no longer reaches back to that: was an older index put back?"
					+ REBUILD);
		}
		UUID expected = manifest.commitOf(seq);
		if (expected != null && !expected.equals(commit)) {
			throw new MissingIndexException(
					StoreLayout.INDEX + " is of another history than " + StoreLayout.MANIFEST + REBUILD);
		}
	}

	private static boolean leadsOn(Manifest manifest, long seq) {
		return Replay.reaches(manifest.log(), manifest.logStart(), seq);
	}

	/**
	 * The state in the local checkpoint, if that is a committed one which the log leads
	 * on from, and the reference did not change the index meanwhile.
	 */
	private @Nullable Source localCheckpoint(CommittedState state, Manifest manifest) {
		LocalDirectory directory = this.database.local.directory();
		if (directory == null || !Files.exists(directory.checkpointPath())) {
			return null;
		}
		Path path = directory.checkpointPath();
		try {
			Checkpoint known = manifest.checkpoint();
			IndexTrailer.End end = end(path);
			if (end == null || !end.commit().equals(manifest.commitOf(end.seq())) || !leadsOn(manifest, end.seq())) {
				return null;
			}
			// The ETag first: what is read after it is as new, or newer.
			Checkpoint index = known;
			ObjectInfo info = (known != null && known.commit() != null && known.seq() == end.seq()) ? null
					: this.database.store.head(StoreLayout.INDEX);
			IndexTrailer.End remote = remoteEnd();
			if (info != null && remote != null) {
				index = new Checkpoint(remote.seq(), remote.commit(), info.eTag(), info.size());
			}
			if (remote == null || remote.seq() > manifest.seq()
					|| !remote.commit().equals(manifest.commitOf(remote.seq()))) {
				return null;
			}
			try (InputStream in = Files.newInputStream(path)) {
				new StateReader(this.database, state, path.toString()).read(in, Files.size(path));
			}
			this.localSeq = end.seq();
			return new Source((index != null && index.seq() == remote.seq()) ? index : null, null);
		}
		catch (IOException | CorruptDataException | UnsupportedFormatException ex) {
			logger.warn("The local checkpoint {} is not used: {}", path, ex.getMessage());
			return null;
		}
	}

	/** What the end of a local checkpoint says; null if it is none of ours. */
	static IndexTrailer.@Nullable End end(Path path) throws IOException {
		try (InputStream in = Files.newInputStream(path)) {
			in.skipNBytes(Math.max(0, Files.size(path) - IndexTrailer.END_LENGTH));
			return IndexReader.end(in.readAllBytes(), path.toString());
		}
	}

	private void readState(CommittedState state, String object) {
		try (InputStream in = this.database.store.open(object, 0, Long.MAX_VALUE)) {
			new StateReader(this.database, state, object).read(in, 0);
		}
		catch (IOException ex) {
			throw new StoreUnavailableException(object + " could not be read: " + ex.getMessage(), ex);
		}
	}

	/** Rule R1: a database of the reference, or none; null if one appears meanwhile. */
	private @Nullable Loaded loadWithoutManifest(@Nullable StoredObject read) {
		StoredObject object = read;
		try {
			object = (object != null) ? object : this.database.store.get(StoreLayout.INDEX);
		}
		catch (ObjectNotFoundException ex) {
			// Then there must be no data files either.
		}
		CommittedState state = this.database.newState();
		StateReader reader = new StateReader(this.database, state, StoreLayout.INDEX);
		IndexTrailer trailer = (object != null)
				? reader.read(new ByteArrayInputStream(object.bytes()), object.bytes().length) : null;
		Map<Long, ObjectInfo> files = DataObjects.listReference(this.database).files();
		boolean written = (object != null) ? trailer != null : !files.isEmpty();
		if (written) {
			if (this.database.store.head(StoreLayout.MANIFEST) != null) {
				return null;
			}
			String what = (object != null) ? StoreLayout.INDEX + " is there, but not " + StoreLayout.MANIFEST
					: files.size() + " data files are there, but neither " + StoreLayout.INDEX + " nor "
							+ StoreLayout.MANIFEST;
			throw new MissingIndexException("In " + this.database.store.description() + " " + what
					+ ": it is not opened as if it were empty or old" + REBUILD);
		}
		if (object == null) {
			return new Loaded(state, null, null, null, null);
		}
		reader.foreignFiles(files);
		return new Loaded(state, null, null, null,
				new Loaded.ForeignIndex(object.eTag(), object.bytes().length, reader.next()));
	}

	static List<LogItem> after(List<LogItem> log, long seq) {
		return log.stream().filter((item) -> item.seq() > seq).toList();
	}

}
