package io.s4db.engine.follow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.s4db.Mode;
import io.s4db.RefreshResult;
import io.s4db.S4DBException;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import io.s4db.local.LocalDirectory;
import io.s4db.local.LocalFile;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the own committed state up to the manifest in the store (rule R2). Under the
 * commit lock.
 */
public final class Following implements ManifestFile.Follower {

	private final Database database;

	private final ManifestFile manifestFile;

	private final PendingWrites pending;

	private final CheckpointFile checkpointFile;

	private final Replay replay;

	private final StateLoader loader;

	/** What files that became obsolete while this database was open have in bytes. */
	private final Map<Long, Long> obsoleteBytes = new ConcurrentHashMap<>();

	private long openEpoch = -1;

	/** Which database this is; null as long as no manifest said so. */
	private @Nullable UUID identity;

	private Loaded.@Nullable ForeignIndex foreign;

	/** The index was rebuilt: what is committed next replaces the whole state. */
	private @Nullable RebuiltState rebuilt;

	public Following(Database database, ManifestFile manifestFile, PendingWrites pending,
			CheckpointFile checkpointFile) {
		this.database = database;
		this.manifestFile = manifestFile;
		this.pending = pending;
		this.checkpointFile = checkpointFile;
		this.replay = new Replay(database);
		this.loader = new StateLoader(database);
	}

	@Override
	public void follow() {
		refresh();
	}

	/** Opens in full and shows what was found. */
	public void open() {
		install(this.loader.load());
	}

	/** Shows a state that was read. */
	void install(Loaded loaded) {
		Manifest manifest = loaded.manifest();
		this.manifestFile.seen(manifest, loaded.manifestETag());
		this.foreign = loaded.foreign();
		this.checkpointFile.seen(loaded.index());
		this.checkpointFile.localCovers(this.loader.localSeq());
		if (this.openEpoch < 0) {
			this.openEpoch = (manifest != null) ? manifest.epoch() : 0;
		}
		replace(loaded.state());
		checkEpoch(manifest);
	}

	/** Puts another state in the place of the present one; local copies move over. */
	public void replace(CommittedState state) {
		CommittedState before = this.database.committed();
		List<LocalFile> orphaned = new ArrayList<>();
		for (DataFile old : before.files()) {
			LocalFile copy = old.copy();
			DataFile now = state.file(old.number());
			if (copy == null) {
				continue;
			}
			if (now != null && old.isIn(state)) {
				now.copy(copy);
			}
			else {
				orphaned.add(copy);
			}
		}
		this.pending.replaceCommitted(state);
		LocalDirectory directory = this.database.local.directory();
		if (directory != null) {
			orphaned.forEach(directory.copies()::remove);
		}
	}

	/**
	 * Reads the manifest if it changed and applies what is new: one conditional GET when
	 * nothing is.
	 */
	public RefreshResult refresh() {
		StoredObject object;
		try {
			object = this.manifestFile.readIfChanged();
		}
		catch (ObjectNotFoundException ex) {
			if (this.manifestFile.manifest() != null) {
				throw new S4DBException("The manifest of " + this.database.store.description()
						+ " is gone. Restore it, or call rebuildIndex() and upload()", ex);
			}
			this.manifestFile.confirmed();
			return new RefreshResult(false, 0, 0, false);
		}
		Manifest before = this.manifestFile.manifest();
		if (object == null) {
			this.manifestFile.confirmed();
			return new RefreshResult(false, (before != null) ? before.seq() : 0, 0, false);
		}
		Manifest now = ManifestJson.read(object.bytes());
		if (before != null && now.seq() < before.seq()) {
			throw StateLoader.backwards(before.seq(), now.seq());
		}
		RebuiltState tried = this.rebuilt;
		if (tried != null && now.log().stream().anyMatch((item) -> tried.isTry(item.object()))) {
			// The rebuilt state is in, though there was no clear answer.
			this.rebuilt = null;
			install(this.loader.load(object));
			return new RefreshResult(true, now.seq(), 0, true);
		}
		if (tried != null && before == null) {
			// The rebuilt state's seq is not of this manifest's history.
			throw overtaken();
		}
		Checkpoint checkpoint = now.checkpoint();
		CommittedState state = this.database.committed();
		boolean reached = this.foreign == null
				&& Replay.reaches(now.log(), (checkpoint != null) ? checkpoint.seq() : 0, state.seq());
		if (reached) {
			try {
				int applied = apply(StateLoader.after(now.log(), state.seq()));
				this.manifestFile.seen(now, object.eTag());
				checkEpoch(now);
				return new RefreshResult(true, now.seq(), applied, false);
			}
			catch (ObjectNotFoundException ex) {
				// A file of the log was compacted away meanwhile: the manifest went on.
				object = null;
			}
		}
		if (this.rebuilt != null) {
			throw overtaken();
		}
		install(this.loader.load(object));
		Manifest installed = this.manifestFile.manifest();
		return new RefreshResult(true, (installed != null) ? installed.seq() : 0, 0, true);
	}

	private static S4DBException overtaken() {
		return new S4DBException("Another writer went on while the index was rebuilt; call rebuildIndex() again");
	}

	private int apply(List<LogItem> items) {
		for (LogItem item : items) {
			apply(item);
		}
		return items.size();
	}

	/** Makes an item's changes visible, all at once if it matters. */
	public void apply(LogItem item) {
		CommittedState state = this.database.committed();
		if (item.kind() == Manifest.Kind.COMPACTION) {
			this.replay.move(item, state);
			removeFiles(item.inputs());
		}
		else {
			Replay.Changes changes = this.replay.changes(item, state);
			changes.added().forEach(state::addFile);
			this.pending.merge(changes.keys());
			removeFiles(changes.removed());
		}
		state.reached(item.seq(), item.commit());
	}

	/** Bytes of an obsolete file; 0 if it was so before this database was opened. */
	public long obsoleteBytes(long number) {
		return this.obsoleteBytes.getOrDefault(number, 0L);
	}

	/** With their local copies, which takes time where they are large. */
	private void removeFiles(NumberRanges numbers) {
		List<LocalFile> copies = new ArrayList<>();
		numbers.forEach((number) -> {
			DataFile removed = this.database.committed().removeFile(number);
			if (removed != null) {
				this.obsoleteBytes.put(number, removed.record().bytes());
				LocalFile copy = removed.copy();
				if (copy != null) {
					removed.copy(null);
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
			.open(records, obsolete::contains, findings)
			.forEach((number, copy) -> java.util.Objects.requireNonNull(state.file(number)).copy(copy));
	}

}
