package io.s4db.engine.follow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.s4db.Change;
import io.s4db.CorruptDataException;
import io.s4db.ForeignWriterException;
import io.s4db.Mode;
import io.s4db.RefreshResult;
import io.s4db.S4DBException;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.listen.ChangedKeys;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.History;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.index.Location;
import io.s4db.local.LocalDirectory;
import io.s4db.local.LocalFile;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the own committed state up to the manifest in the store (rule R2). Under the
 * commit lock.
 */
public final class Following implements ManifestFile.Follower {

	private static final Logger logger = LoggerFactory.getLogger(Following.class);

	private final Database database;

	private final ManifestFile manifestFile;

	private final PendingWrites pending;

	private final CheckpointFile checkpointFile;

	private final Replay replay;

	private final StateLoader loader;

	private final OwnCommits ownCommits;

	/** What files that became obsolete while this database was open were. */
	private final Map<Long, Removed> removed = new ConcurrentHashMap<>();

	private long openEpoch = -1;

	/** Which database this is; null as long as no manifest said so. */
	private @Nullable UUID identity;

	private Loaded.@Nullable ForeignIndex foreign;

	/** An index that was seen to be of ours. */
	private @Nullable String ownIndexETag;

	/** An index of the reference that cannot be adopted, by its ETag. */
	private @Nullable String refusedETag;

	private @Nullable ForeignWriterException refusedForeign;

	/** The index was rebuilt: what is committed next replaces the whole state. */
	private @Nullable RebuiltState rebuilt;

	/**
	 * A data file that is none any more.
	 *
	 * @param bytes how long it is
	 * @param seq the commit that removed it
	 */
	private record Removed(long bytes, long seq) {
	}

	public Following(Database database, ManifestFile manifestFile, PendingWrites pending,
			CheckpointFile checkpointFile) {
		this.database = database;
		this.manifestFile = manifestFile;
		this.pending = pending;
		this.checkpointFile = checkpointFile;
		this.replay = new Replay(database);
		this.loader = new StateLoader(database);
		this.ownCommits = new OwnCommits(database, pending);
	}

	/** Brings the state up to the root of what is in the store, before it is changed. */
	@Override
	public void follow() {
		followManifest();
		if (this.manifestFile.manifest() == null) {
			followIndex();
		}
	}

	/** Looks at all that others may have changed. */
	public void followAll() {
		RefreshResult result = followManifest();
		if (this.manifestFile.manifest() == null) {
			followIndex();
		}
		else if (!result.reopened()) {
			followForeign(result);
		}
	}

	/**
	 * Follows what others wrote: the manifest by one conditional GET, and the index,
	 * which the reference replaces alone, by a HEAD, and a look at its end if it changed.
	 * Without a manifest it is the reference's database: one conditional GET of its
	 * index; that there is no manifest is believed for a minute.
	 */
	public RefreshResult refresh() {
		if (this.foreign != null && this.manifestFile.manifest() == null && !this.manifestFile.stale()) {
			return followIndex();
		}
		RefreshResult result = followManifest();
		if (this.manifestFile.manifest() == null) {
			return followIndex();
		}
		return result.reopened() ? result : followForeign(result);
	}

	/**
	 * Before anything builds on what is in memory: if the last change of it ended
	 * half-way, or nobody said whether a commit got in, that is settled now.
	 */
	public void agree() {
		if (!this.manifestFile.agrees()) {
			refresh();
		}
	}

	/** Opens in full and shows what was found. */
	public void open() {
		install(this.loader.load());
	}

	/** Shows a state that was read. */
	private void install(Loaded loaded) {
		install(loaded, false);
	}

	private void install(Loaded loaded, boolean another) {
		Manifest manifest = loaded.manifest();
		boolean comparable = !another && !this.manifestFile.behind();
		Manifest seen = this.manifestFile.manifest();
		boolean appended = seen == null || manifest == null || manifest.hasMoreThan(seen);
		this.manifestFile.advance(manifest, loaded.manifestETag(), () -> {
			this.foreign = loaded.foreign();
			this.checkpointFile.seen(loaded.index());
			this.checkpointFile.localCovers(this.loader.localSeq());
			if (this.openEpoch < 0) {
				this.openEpoch = (manifest != null) ? manifest.epoch() : 0;
			}
			checkEpoch(manifest);
			CommittedState before = this.database.committed();
			replace(loaded.state(), another, () -> comparable ? difference(before, loaded.state(), appended)
					: Change.ofEverything(before.seq(), loaded.state().seq(), loaded.state().commit()));
			this.ownCommits.settle(manifest);
		});
	}

	/** What a manifest, whose state is in memory, says of this writer is in. */
	public void settleOwnCommits(@Nullable Manifest manifest) {
		this.ownCommits.settle(manifest);
	}

	/** Puts another state in the place of the present one; local copies move over. */
	public void replace(CommittedState state) {
		CommittedState before = this.database.committed();
		replace(state, false, () -> Change.ofEverything(before.seq(), state.seq(), state.commit()));
	}

	/**
	 * @param another whether it is of another history: then only an id tells a file, and
	 * a copy of one that is not there may be the last that there is
	 * @param change what listeners are told, if any listens
	 */
	private void replace(CommittedState state, boolean another, Supplier<Change> change) {
		CommittedState before = this.database.committed();
		if (this.database.listeners.wanted(false)
				&& (another || state.commit() == null || !state.commit().equals(before.commit()))) {
			this.database.listeners.add(change.get());
		}
		List<LocalFile> orphaned = new ArrayList<>();
		for (DataFile old : before.files()) {
			LocalFile copy = old.copy();
			DataFile now = state.file(old.number());
			if (now != null && old.compacting()) {
				now.compacting(true);
			}
			if (copy == null) {
				continue;
			}
			if (now != null && old.isIn(state) && (!another || old.record().sealed())) {
				now.copy(copy);
			}
			else {
				orphaned.add(copy);
			}
		}
		this.pending.committedLayer().replaceWith(state);
		this.database.listeners.show();
		LocalDirectory directory = this.database.local.directory();
		if (directory != null) {
			orphaned.forEach((copy) -> {
				if (another) {
					directory.copies().setAside(copy, "it is of another history of the database");
				}
				else {
					directory.copies().remove(copy);
				}
			});
		}
	}

	/**
	 * What listeners are told of a state that takes another one's place. In one history a
	 * data file never changes, so a key whose entry stands where it stood has its value
	 * still. Of the reference's files nobody knows that.
	 * @param appended whether anything was put or deleted in between. If not, what now
	 * stands in a new file was moved there by a compaction
	 */
	private Change difference(CommittedState before, CommittedState now, boolean appended) {
		boolean here = !before.isOnBase() && !now.isOnBase();
		if (here && now.commit() != null && (before.commit() != null || before.index().size() == 0)) {
			ChangedKeys keys = new ChangedKeys(this.database.newIndex());
			ChangedKeys.Moves moves = (from, file, length) -> from.length() == length && now.file(from.file()) == null
					&& before.file(file) == null && isSealed(now.file(file));
			if (keys.addDifference(before.index(), now.index(), appended ? ChangedKeys.Moves.NONE : moves)) {
				return new Change(before.seq(), now.seq(), now.commit(), keys.put(), keys.deleted(), false, true);
			}
		}
		return Change.ofEverything(before.seq(), now.seq(), now.commit());
	}

	/** The reference's files are not. */
	private static boolean isSealed(@Nullable DataFile file) {
		return file != null && file.record().sealed();
	}

	/** A database without a manifest is the reference's, and its index the root. */
	private RefreshResult followIndex() {
		RefreshResult nothing = new RefreshResult(false, 0, 0, false);
		if (this.rebuilt != null) {
			return nothing;
		}
		StoredObject index = null;
		try {
			index = this.database.store.getIfChanged(StoreLayout.INDEX,
					(this.foreign != null) ? this.foreign.eTag() : null);
			if (index == null) {
				return nothing;
			}
		}
		catch (ObjectNotFoundException ex) {
			if (this.foreign == null) {
				return nothing;
			}
		}
		install(this.loader.load(null, index));
		return reloaded();
	}

	private RefreshResult reloaded() {
		Manifest manifest = this.manifestFile.manifest();
		return new RefreshResult(true, (manifest != null) ? manifest.seq() : 0, 0, true);
	}

	/**
	 * The reference knows no manifest: that it wrote to a database of ours is told by an
	 * index without our trailer, other than the one that is known.
	 */
	private RefreshResult followForeign(RefreshResult otherwise) {
		if (this.rebuilt != null) {
			return otherwise;
		}
		ObjectInfo index = this.database.store.head(StoreLayout.INDEX);
		if (index == null || isKnownIndex(index.eTag())) {
			return otherwise;
		}
		if (!isForeign()) {
			this.ownIndexETag = index.eTag();
			return otherwise;
		}
		ForeignWriterException refused = this.refusedForeign;
		if (refused != null && index.eTag().equals(this.refusedETag)) {
			throw new ForeignWriterException(String.valueOf(refused.getMessage()), refused);
		}
		try {
			install(this.loader.load());
		}
		catch (ForeignWriterException ex) {
			// To find that out again would cost a replay of all data files.
			this.refusedForeign = ex;
			this.refusedETag = index.eTag();
			throw ex;
		}
		return reloaded();
	}

	private boolean isKnownIndex(String eTag) {
		Manifest manifest = this.manifestFile.manifest();
		Checkpoint recorded = (manifest != null) ? manifest.checkpoint() : null;
		Checkpoint seen = this.checkpointFile.known();
		return eTag.equals(this.ownIndexETag) || (this.foreign != null && eTag.equals(this.foreign.eTag()))
				|| (recorded != null && eTag.equals(recorded.eTag())) || (seen != null && eTag.equals(seen.eTag()));
	}

	private boolean isForeign() {
		try {
			return IndexReader.end(this.database.store.getTail(StoreLayout.INDEX, IndexTrailer.END_LENGTH).bytes(),
					StoreLayout.INDEX) == null;
		}
		catch (ObjectNotFoundException | CorruptDataException ex) {
			// Who needs it says so: what is in memory does not.
			return false;
		}
	}

	/** Reads the manifest if it changed and applies what is new. */
	private RefreshResult followManifest() {
		if (this.manifestFile.behind()) {
			return reopen();
		}
		StoredObject object;
		try {
			object = this.manifestFile.readIfChanged();
		}
		catch (ObjectNotFoundException ex) {
			if (this.manifestFile.manifest() != null) {
				throw gone(ex);
			}
			this.manifestFile.confirmed();
			return new RefreshResult(false, 0, 0, false);
		}
		Manifest before = this.manifestFile.manifest();
		if (object == null) {
			this.manifestFile.confirmed();
			if (before != null) {
				// Unless that failed the last time, it is read already.
				goOverToBase(before, null);
			}
			return new RefreshResult(false, (before != null) ? before.seq() : 0, 0, false);
		}
		Manifest now = ManifestJson.read(object.bytes());
		if (before != null && now.seq() < before.seq()) {
			if (!now.isOfOtherDatabase(before)) {
				throw wentBack(before, now);
			}
		}
		RebuiltState tried = this.rebuilt;
		if (tried != null && now.log().stream().anyMatch((item) -> tried.isTry(item.object()))) {
			// The rebuilt state is in, though there was no clear answer.
			this.rebuilt = null;
			install(this.loader.load(object, null));
			return new RefreshResult(true, now.seq(), 0, true);
		}
		if (tried != null && before == null) {
			// The rebuilt state's seq is not of this manifest's history.
			throw overtaken();
		}
		History.Descent descent = (before != null) ? now.descent(before) : History.Descent.CONTINUES;
		if (before != null && descent == History.Descent.ANOTHER) {
			StoredObject read = object;
			return goOver(before, now, () -> this.loader.load(read, null));
		}
		CommittedState state = this.database.committed();
		boolean reached = this.foreign == null && descent == History.Descent.CONTINUES
				&& Replay.reaches(now.log(), now.logStart(), state.seq());
		if (reached) {
			try {
				List<LogItem> items = StateLoader.after(now.log(), state.seq());
				items.forEach(this::apply);
				this.manifestFile.advance(now, object.eTag(), () -> {
					checkEpoch(now);
					this.ownCommits.settle(now);
				});
				goOverToBase(now, object);
				return new RefreshResult(true, now.seq(), items.size(), false);
			}
			catch (ObjectNotFoundException ex) {
				// A file of the log was compacted away meanwhile: the manifest went on.
				object = null;
			}
		}
		if (this.rebuilt != null) {
			throw overtaken();
		}
		install(this.loader.load(object, null));
		return reloaded();
	}

	/**
	 * Rule S9: the base that is read in pages is the one that the manifest names, or it
	 * would be deleted some day. The state is the same.
	 */
	private void goOverToBase(Manifest now, @Nullable StoredObject object) {
		String read = this.database.committed().base();
		Manifest.Base named = now.base();
		if (read != null && named != null && !read.equals(named.object())) {
			install(this.loader.load(object, null));
		}
	}

	/** From now on the whole index is in this process, for who needs all of it. */
	public void whole() {
		if (this.database.committed().isOnBase()) {
			this.loader.whole();
			install(this.loader.load());
		}
	}

	/**
	 * Rule R4: what is in memory says nothing about what the store has now. A reader
	 * shows that as a whole; who may have something pending, or a directory of the old
	 * history, does nothing any more.
	 */
	private RefreshResult goOver(Manifest before, Manifest now, Supplier<Loaded> load) {
		String what = "This is another history of " + this.database.store.description()
				+ " than the one that was opened (" + before.database() + ", commit " + before.seq() + "; now "
				+ now.database() + ", commit " + now.seq()
				+ "): the place was emptied and written anew, an earlier state was put back and written on, or a lost"
				+ " manifest was made anew";
		if (!mayGoOver()) {
			throw this.database.replaced(what + ". Nothing of it was changed, and this instance does nothing any more. "
					+ (this.pending.isEmpty() ? "Close it and open the database anew"
							: "What it has pending was written to the former history, is committed nowhere and stays in "
									+ this.database.local.describe()
									+ ": put that history back to commit it, or open the database with another local"
									+ " directory to go on without it"));
		}
		logger.warn("{}. It is read from now on", what);
		Loaded loaded = load.get();
		this.openEpoch = -1;
		this.database.anotherHistory();
		install(loaded, true);
		return reloaded();
	}

	/** It has nothing of the former history that could get into the new one. */
	private boolean mayGoOver() {
		return this.database.options.mode() == Mode.READ_ONLY
				|| (this.database.local.directory() == null && this.pending.isEmpty() && !this.rebuilt());
	}

	/**
	 * Rule R4, before an index is made anew: fails if a manifest that was read is of
	 * another history. An older one of the same may be what is to be mended, and so may
	 * the own of a rebuild that got no answer.
	 */
	public void checkHistory(@Nullable Manifest now) {
		Manifest before = this.manifestFile.manifest();
		RebuiltState tried = this.rebuilt;
		boolean own = tried != null && now != null && now.log().stream().anyMatch((item) -> tried.isTry(item.object()));
		if (before == null || now == null || own || mayGoOver() || now.descent(before) != History.Descent.ANOTHER) {
			return;
		}
		if (now.seq() >= before.seq() || now.isOfOtherDatabase(before)) {
			goOver(before, now, () -> {
				throw new IllegalStateException("It may not go over");
			});
		}
	}

	private S4DBException wentBack(Manifest before, Manifest now) {
		return new S4DBException("The manifest of " + this.database.store.description() + " went back from commit "
				+ before.seq() + " to " + now.seq() + ": an older one was put back. If that was meant, close this"
				+ " database and open it again; what is pending stays in " + this.database.local.describe()
				+ ". If not, put the newer manifest back, or let S4DBEngine.rebuild(store, options) make a new one of"
				+ " all data files");
	}

	private S4DBException gone(@Nullable Exception cause) {
		return new S4DBException("The manifest of " + this.database.store.description()
				+ " is gone. Restore it, or call rebuildIndex() and upload()", cause);
	}

	/** Another writer committed while the index was made anew. */
	public static S4DBException overtaken() {
		return new S4DBException("Another writer went on while the index was rebuilt; call rebuildIndex() again");
	}

	/**
	 * The last change of what is in memory ended half-way: the database is opened anew
	 * below what is pending.
	 */
	private RefreshResult reopen() {
		if (this.rebuilt != null) {
			throw new S4DBException("The index that was rebuilt is of no use any more after what went wrong with it;"
					+ " call rebuildIndex() again");
		}
		Manifest before = this.manifestFile.manifest();
		Loaded loaded = this.loader.load();
		Manifest now = loaded.manifest();
		if (before != null && now == null) {
			throw gone(null);
		}
		if (before != null && now != null) {
			if (now.seq() < before.seq() && !now.isOfOtherDatabase(before)) {
				throw wentBack(before, now);
			}
			if (now.descent(before) == History.Descent.ANOTHER) {
				return goOver(before, now, () -> loaded);
			}
		}
		install(loaded);
		return reloaded();
	}

	/** Makes an item's changes visible, all at once if it matters. */
	public void apply(LogItem item) {
		CommittedState state = this.database.committed();
		if (item.kind() == Manifest.Kind.COMPACTION) {
			this.manifestFile.advance(() -> {
				removeFiles(this.replay.move(item, state), item.seq());
				state.reached(item.seq(), item.commit());
			});
			return;
		}
		Replay.Changes changes = this.replay.changes(item, state);
		Change change = change(item, changes, state);
		state.index().makeRoom();
		this.manifestFile.advance(() -> {
			changes.added().forEach(state::addFile);
			this.pending.committedLayer().merge(changes.keys());
			removeFiles(changes.removed(), item.seq());
			if (change != null) {
				this.database.listeners.add(change);
			}
			state.reached(item.seq(), item.commit());
		});
		this.database.listeners.show();
	}

	/** What listeners are to be told of an item; null if nobody listens. */
	private @Nullable Change change(LogItem item, Replay.Changes changes, CommittedState state) {
		boolean own = this.manifestFile.tried(item.commit());
		if (!this.database.listeners.wanted(own)) {
			return null;
		}
		ChangedKeys keys = new ChangedKeys(this.database.newIndex());
		keys.add(changes.keys(), state.isOnBase() ? Following::anywhere : state.index());
		return new Change(state.seq(), item.seq(), item.commit(), keys.put(), keys.deleted(), own, true);
	}

	/** To look up where each key stood before would be a request each. */
	private static Location anywhere(byte[] key, int offset, int length, long hash) {
		return new Location(0, 0, 0, false);
	}

	/** Bytes of an obsolete file; 0 if it was so before this database was opened. */
	public long obsoleteBytes(long number) {
		Removed file = this.removed.get(number);
		return (file != null) ? file.bytes() : 0;
	}

	/** With their local copies, which takes time where they are large. */
	private void removeFiles(NumberRanges numbers, long seq) {
		forgetDeleted();
		List<LocalFile> copies = new ArrayList<>();
		numbers.forEach((number) -> {
			DataFile file = this.database.committed().removeFile(number);
			if (file != null) {
				this.removed.put(number, new Removed(file.record().bytes(), seq));
				LocalFile copy = file.copy();
				if (copy != null) {
					file.copy(null);
					copies.add(copy);
				}
			}
		});
		LocalDirectory directory = this.database.local.directory();
		if (directory != null) {
			this.database.io.map(this.database.threads(), copies, (copy) -> {
				directory.copies().remove(copy);
				return copy;
			});
		}
	}

	/** What a manifest that knows of the removal does not list any more is deleted. */
	private void forgetDeleted() {
		Manifest manifest = this.manifestFile.manifest();
		if (manifest != null && !this.removed.isEmpty()) {
			NumberRanges obsolete = manifest.obsoleteFiles();
			this.removed.entrySet()
				.removeIf((entry) -> entry.getValue().seq() <= manifest.seq() && !obsolete.contains(entry.getKey()));
		}
	}

	private void checkEpoch(@Nullable Manifest manifest) {
		boolean writes = this.database.options.mode() == Mode.READ_WRITE;
		if (writes && manifest != null && manifest.epoch() > this.openEpoch) {
			this.database.fence();
		}
	}

	/**
	 * Fails if a manifest that was read shows that an exclusive writer has taken over.
	 */
	public void checkStillWriter(@Nullable Manifest manifest) {
		if (this.openEpoch >= 0) {
			checkEpoch(manifest);
			checkNotFenced();
		}
	}

	/** This writer raised the epoch itself. */
	public void ownEpoch(long epoch) {
		this.openEpoch = epoch;
	}

	/** Fails if an exclusive writer has taken over. */
	public void checkNotFenced() {
		if (this.database.fenced()) {
			throw this.database.fencedException();
		}
	}

	/**
	 * Which database this is, as far as this process saw or made it: what manifests keep
	 * from their first version on.
	 */
	public UUID database() {
		Manifest manifest = this.manifestFile.manifest();
		if (manifest != null && manifest.database() != null) {
			this.identity = manifest.database();
		}
		else if (this.identity == null) {
			this.identity = this.database.newId();
		}
		return this.identity;
	}

	public Loaded.@Nullable ForeignIndex foreign() {
		return this.foreign;
	}

	public void foreignTakenOver() {
		this.foreign = null;
	}

	public boolean rebuilt() {
		return this.rebuilt != null;
	}

	public @Nullable RebuiltState rebuiltState() {
		return this.rebuilt;
	}

	public void rebuiltState(@Nullable RebuiltState rebuilt) {
		this.rebuilt = rebuilt;
		if (rebuilt != null && this.openEpoch < 0) {
			this.openEpoch = rebuilt.epoch();
		}
	}

	/** Copies of what is committed, by number, from the local directory. */
	public void openCopies(LocalDirectory directory, List<io.s4db.Finding> findings) throws java.io.IOException {
		Manifest manifest = this.manifestFile.manifest();
		CommittedState state = this.database.committed();
		Map<Long, io.s4db.format.FileRecord> records = new java.util.HashMap<>();
		state.files().forEach((file) -> records.put(file.number(), file.record()));
		NumberRanges obsolete = (manifest != null) ? manifest.obsoleteFiles() : NumberRanges.EMPTY;
		directory.copies()
			.open(records, obsolete::contains, (manifest != null) ? deletedBelow(directory, manifest) : 0, findings)
			.forEach((number, copy) -> java.util.Objects.requireNonNull(state.file(number)).copy(copy));
	}

	/**
	 * Below which number a reader's copies of files that the manifest does not name are
	 * of such as were compacted away, and deleted long since: each number was given out
	 * once. 0 if they may be of another history, and the last that there is; or a
	 * writer's, who may have committed what is in them.
	 */
	private static long deletedBelow(LocalDirectory directory, Manifest manifest) throws java.io.IOException {
		if (manifest.database() == null || !manifest.database().equals(directory.database())
				|| !directory.isOfReaders()) {
			return 0;
		}
		try {
			IndexTrailer.End seen = java.nio.file.Files.exists(directory.checkpointPath())
					? StateLoader.end(directory.checkpointPath()) : null;
			boolean another = seen != null && manifest.descent(seen.seq(), seen.commit()) == History.Descent.ANOTHER;
			return another ? 0 : manifest.next();
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			return 0;
		}
	}

}
