package io.s4db.engine.commit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

import io.s4db.Change;
import io.s4db.ForeignWriterException;
import io.s4db.ProgressListener;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.UploadResult;
import io.s4db.WriterMode;
import io.s4db.engine.follow.CheckpointFile;
import io.s4db.engine.follow.DataObjects;
import io.s4db.engine.follow.Following;
import io.s4db.engine.follow.Loaded;
import io.s4db.engine.follow.ManifestFile;
import io.s4db.engine.follow.OwnCommits;
import io.s4db.engine.follow.RebuiltState;
import io.s4db.engine.listen.ChangedKeys;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Eviction;
import io.s4db.engine.write.Generation;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.index.KeyIndex;
import io.s4db.local.LocalDirectory;
import io.s4db.local.LocalFile;
import io.s4db.local.WriterIdentity;
import io.s4db.local.WriterIdentity.Try;
import io.s4db.local.WriterIdentity.TriedFile;
import io.s4db.store.ConflictException;
import io.s4db.store.PreconditionFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what is pending: data files, then the manifest, then (if due) the checkpoint,
 * then deletions: with {@link Marks} and {@link DataFileUploads} the rules W1 to W9 of
 * docs/PROTOCOL.md. Everything under the commit lock.
 */
public final class Commits {

	private static final Logger logger = LoggerFactory.getLogger(Commits.class);

	private final Database database;

	private final PendingWrites pending;

	private final ManifestFile manifestFile;

	private final Following following;

	private final CheckpointFile checkpointFile;

	private final ObsoleteFiles obsoleteFiles;

	private final LogFolding folding;

	private final Marks marks;

	private final DataFileUploads uploads;

	private boolean probed;

	/** The database is being closed: this commit is the last. */
	private boolean ending;

	private volatile @Nullable UploadResult last;

	public Commits(Database database, PendingWrites pending, ManifestFile manifestFile, Following following,
			CheckpointFile checkpointFile, ObsoleteFiles obsoleteFiles, Marks marks, DataFileUploads uploads) {
		this.database = database;
		this.marks = marks;
		this.uploads = uploads;
		this.pending = pending;
		this.manifestFile = manifestFile;
		this.following = following;
		this.checkpointFile = checkpointFile;
		this.obsoleteFiles = obsoleteFiles;
		this.folding = new LogFolding(database);
	}

	public @Nullable UploadResult last() {
		return this.last;
	}

	/** Commits what is pending when the database is closed. */
	public UploadResult commitAtEnd() {
		this.ending = true;
		return commit(ProgressListener.NONE);
	}

	/** Commits what is pending; no request if nothing is. */
	public UploadResult commit(ProgressListener progress) {
		this.database.checkMayCommit();
		this.following.agree();
		Instant started = this.database.now();
		long rebasesBefore = this.manifestFile.rebases();
		boolean retrying = this.pending.retrying();
		boolean anySealed = !this.pending.seal().isEmpty();
		boolean checkpointed = false;
		Sent sent = new Sent();
		if (anySealed || this.following.rebuilt()) {
			prepareStore();
			takeOverForeign();
			if (this.following.rebuilt()) {
				commitRebuilt();
				checkpointed = checkpoint();
				if (checkpointed) {
					replaceManifest((current, draft) -> draft);
				}
			}
			if (anySealed) {
				createManifest();
				commitSealed(sent, progress);
				if (retrying && !this.pending.seal().isEmpty()) {
					commitSealed(sent, progress);
				}
				Manifest manifest = this.manifestFile.manifest();
				if (manifest != null && this.checkpointFile.due(manifest, sent.bytes)) {
					checkpointed |= checkpoint();
				}
			}
		}
		int deleted = deleteDue(sent.files > 0);
		Manifest manifest = this.manifestFile.manifest();
		UploadResult result = new UploadResult(sent.files, sent.bytes, sent.entries,
				(manifest != null) ? manifest.seq() : 0, checkpointed,
				(int) (this.manifestFile.rebases() - rebasesBefore), deleted,
				Duration.between(started, this.database.now()));
		if (sent.files > 0) {
			this.last = result;
			logger.debug(
					"{}: {} entries in {} data files of {} bytes were uploaded with commit {} in {} ms,"
							+ " after {} commits of others; index written: {}, obsolete objects deleted: {}",
					this.database.store.description(), result.entries(), result.dataFiles(), result.bytes(),
					result.seq(), result.took().toMillis(), result.rebases(), result.checkpointWritten(), deleted);
		}
		return result;
	}

	/**
	 * Rule G4: the manifest that says what is obsolete must be the one in the store, or
	 * what another history has under these names would go.
	 * @param replaced whether this process replaced it just now
	 */
	private int deleteDue(boolean replaced) {
		if (!this.obsoleteFiles.anyDue()) {
			return 0;
		}
		try {
			if (!replaced || this.manifestFile.stale()) {
				this.following.follow();
			}
			return this.obsoleteFiles.deleteDue();
		}
		catch (StoreUnavailableException ex) {
			logger.warn("What is obsolete is left for the next time: {}", ex.getMessage());
			return 0;
		}
	}

	/** What a commit sent. */
	private static final class Sent {

		private int files;

		private long bytes;

		private long entries;

	}

	/** Before the first write: the store must honour conditions. */
	public void prepareStore() {
		if (!this.probed) {
			this.database.store.requireConditionalWrites();
		}
		this.probed = true;
		this.following.checkNotFenced();
	}

	/** A change of the manifest that begins with what every commit does. */
	public interface Step {

		/** Adds what the change is about; null if there is nothing to do. */
		@Nullable ManifestDraft on(@Nullable Manifest current, ManifestDraft draft);

	}

	/** Replaces the manifest. */
	public @Nullable Manifest replaceManifest(Step step) {
		return replaceManifest(step, (written) -> {
		});
	}

	/**
	 * Replaces the manifest, and takes memory forward with it.
	 * @param advance brings memory to what the manifest written says
	 */
	public @Nullable Manifest replaceManifest(Step step, Consumer<Manifest> advance) {
		boolean[] unlisted = new boolean[1];
		Manifest written = this.manifestFile.replace(this.following, (current) -> {
			this.following.checkNotFenced();
			ManifestDraft draft = newDraft(current);
			Checkpoint known = this.checkpointFile.known();
			if (!this.following.rebuilt()) {
				draft.base(this.checkpointFile.made());
				if (known != null && known.commit() != null) {
					draft.checkpoint(known);
				}
			}
			this.obsoleteFiles.unlist(draft);
			unlisted[0] = true;
			ManifestDraft changed = step.on(current, draft);
			return (changed != null) ? changed.build() : null;
		}, advance);
		if (written != null && unlisted[0]) {
			this.obsoleteFiles.unlisted();
			this.checkpointFile.settled();
		}
		return written;
	}

	private ManifestDraft newDraft(@Nullable Manifest current) {
		return new ManifestDraft(current, this.following.database(), this.database.newId(), this.database.now());
	}

	/** Opening for exclusive writing fences whoever wrote before (rule W7). */
	public void raiseEpochIfExclusive() {
		if (this.database.options.writers() != WriterMode.EXCLUSIVE) {
			return;
		}
		prepareStore();
		takeOverForeign();
		Manifest written = this.manifestFile.replace(() -> {
			this.following.follow();
			Manifest seen = this.manifestFile.manifest();
			// Somebody else's epoch is what is raised here, not what fences.
			this.following.ownEpoch((seen != null) ? seen.epoch() : 0);
			this.database.unfence();
		}, (current) -> {
			return newDraft(current).raiseEpoch().cancelReservations().build();
		});
		this.following.ownEpoch((written != null) ? written.epoch() : 0);
	}

	/**
	 * The reference's index becomes the checkpoint that our log builds on. What it used
	 * of numbers is accounted for.
	 */
	public void takeOverForeign() {
		if (this.following.foreign() == null) {
			return;
		}
		// It may have gone on meanwhile.
		this.following.followAll();
		Loaded.ForeignIndex foreign = this.following.foreign();
		if (foreign == null) {
			return;
		}
		CommittedState state = this.database.committed();
		NumberRanges there = NumberRanges.of(DataObjects.list(this.database).files().keySet());
		replaceManifest((current, draft) -> {
			if (this.following.foreign() == null) {
				return null;
			}
			NumberRanges numbers = this.database.committed().numbers();
			NumberRanges unsealed = NumberRanges.of(this.database.committed()
				.files()
				.stream()
				.filter((file) -> !file.record().sealed())
				.map(DataFile::number)
				.toList());
			long next = ForeignNumbers.next(foreign, there, numbers, draft.next());
			// What is not there need not be deleted.
			NumberRanges gone = NumberRanges.range(1, Math.max(1, next - 1)).minus(there);
			return draft.takesOver()
				.next(next, numbers.plus(gone))
				.deleted(numbers, java.util.Set.of())
				.files(numbers)
				.foreign(unsealed)
				.checkpoint(new Checkpoint(draft.seq(), null, foreign.eTag(), foreign.bytes()));
		}, (written) -> {
			state.reached(written.seq(), written.commit());
			this.checkpointFile.seen(written.checkpoint());
			this.following.foreignTakenOver();
		});
	}

	/** A rebuilt index replaces whatever state the manifest had. */
	private void commitRebuilt() {
		CommittedState state = this.database.committed();
		replaceManifest((current, draft) -> {
			RebuiltState rebuilt = this.following.rebuiltState();
			if (rebuilt == null) {
				// An earlier try got in, and following it applied it.
				return null;
			}
			draft.atLeast(rebuilt.seq(), rebuilt.epoch());
			if (rebuilt.anew()) {
				draft.otherDatabase(this.database.newId());
			}
			String name = StoreLayout.rebuilt(draft.seq(), this.database.newId());
			NumberRanges numbers = state.numbers();
			long next = Math.max(draft.next(), Math.max(rebuilt.next(), numbers.isEmpty() ? 1 : numbers.last() + 1));
			rebuilt.tries().add(name);
			StateObject.put(this.database, name, state, next, draft.seq(), draft.commit());
			List<String> replaced = draft.log()
				.stream()
				.filter((item) -> item.object() != null)
				.map(LogItem::objectName)
				.toList();
			NumberRanges unsealed = NumberRanges
				.of(state.files().stream().filter((file) -> !file.record().sealed()).map(DataFile::number).toList());
			LocalDirectory directory = this.database.local.directory();
			if (directory != null) {
				// A lost manifest took this writer's mark along.
				WriterIdentity writer = directory.writer();
				draft.mark(writer.id(), (current != null) ? known(current, directory) : writer.committed(),
						writer.compactions());
			}
			return draft.takesOver()
				.replaceLog(List.of())
				.cancelReservations()
				.next(next, numbers)
				.deleted(numbers, java.util.Set.of())
				.files(numbers)
				.foreign(unsealed)
				.obsolete(rebuilt.leftOut().minus(numbers), replaced)
				.append(new LogItem(Manifest.Kind.REBUILD, draft.seq(), draft.seq(), draft.commit(), List.of(),
						NumberRanges.EMPTY, name, state.index().size()));
		}, (written) -> {
			state.reached(written.seq(), written.commit());
			this.checkpointFile.forgetLocal();
			this.following.rebuiltState(null);
		});
	}

	/**
	 * Data files without a manifest are not opened (rule R1). So there is an empty one
	 * before the first of them, or a process that ends in a database's first commit would
	 * leave one that needs a rebuild.
	 */
	private void createManifest() {
		if (this.manifestFile.manifest() == null) {
			replaceManifest((current, draft) -> (current == null) ? draft : null);
		}
	}

	private static boolean isOfMissingFile(@Nullable Throwable thrown) {
		return thrown != null && (thrown instanceof NoSuchFileException || thrown instanceof FileNotFoundException
				|| isOfMissingFile(thrown.getCause()));
	}

	private S4DBException removed(S4DBException ex) {
		return new S4DBException("What is pending was removed by another program, from "
				+ this.database.local.describe()
				+ ", while it was being committed. It is held as long as this process runs: call upload() again, which"
				+ " writes it anew and commits it. Keep that program away from there, or set localDir (s4db.local-dir) to a directory"
				+ " that nobody cleans up", ex);
	}

	private List<Generation.Part> parts() {
		return this.pending.sealedGenerations().stream().flatMap((one) -> one.parts().stream()).toList();
	}

	/**
	 * Commits what is sealed.
	 * @param sent counts what of it got in, by whichever try
	 */
	private void commitSealed(Sent sent, ProgressListener progress) {
		LocalDirectory directory = this.database.local.orCreate();
		Set<Generation.Part> parts = new LinkedHashSet<>(parts());
		try {
			replaceManifest((current, draft) -> {
				ManifestDraft changed = append(directory, current, draft, progress);
				parts.addAll(parts());
				return changed;
			}, (written) -> settle(directory, written));
		}
		catch (S4DBException ex) {
			throw (isOfMissingFile(ex) && this.pending.isAnyGone()) ? removed(ex) : ex;
		}
		long mark = OwnCommits.markOf(this.manifestFile.manifest(), directory.writer().id());
		for (Generation.Part part : parts) {
			if (part.file().number() <= mark && part.sealed != null) {
				sent.files++;
				sent.bytes += part.record().bytes();
				sent.entries += part.record().entries();
			}
		}
		new Eviction(this.database).evict();
	}

	/**
	 * Notes in a draft that a compaction of this writer is committed by it. Its mark, if
	 * it has none any more, says of what is pending that it is not: that must be so.
	 */
	public ManifestDraft compacted(Manifest current, ManifestDraft draft, LocalDirectory directory, long compaction) {
		return draft.mark(directory.writer().id(), known(current, directory), compaction);
	}

	/** The highest pending number committed; fails if it cannot be told. */
	private long known(@Nullable Manifest current, LocalDirectory directory) {
		return this.marks.check(current, directory.writer(), OwnCommits.lengths(this.pending.pendingFiles()));
	}

	/**
	 * Remembers on disk what is tried now: without a mark nothing else tells afterwards
	 * what may be in.
	 */
	private void trying(LocalDirectory directory, @Nullable Manifest current, List<Generation.Part> parts,
			boolean ended) {
		directory.writer(directory.writer()
			.trying(Try.of((current != null) ? current.seq() : 0, ended,
					parts.stream()
						.map((part) -> new TriedFile(part.file().number(), part.number,
								java.util.Objects.requireNonNull(part.record().id())))
						.toList())));
	}

	private @Nullable ManifestDraft append(LocalDirectory directory, @Nullable Manifest current, ManifestDraft draft,
			ProgressListener progress) {
		WriterIdentity writer = directory.writer();
		// W2: what the mark says is in was dropped when that manifest was seen.
		known(current, directory);
		UUID replaced = (current != null) ? current.commit() : null;
		this.pending.decide(replaced);
		List<Generation> generations = this.pending.sealedGenerations();
		List<Generation.Part> parts = generations.stream().flatMap((one) -> one.parts().stream()).toList();
		if (parts.isEmpty()) {
			return null;
		}
		this.uploads.seal(directory, parts);
		long givenUp = this.pending.givenUp();
		this.uploads.upload(directory, parts, draft.next(), givenUp, progress);
		NumberRanges used = NumberRanges.of(parts.stream().map((part) -> part.number).toList());
		this.folding.foldIfLong(draft);
		draft.append(LogItem.append(draft.seq(), draft.commit(), parts.stream().map(Generation.Part::record).toList()));
		draft.next(Math.max(used.last(), givenUp) + 1, used.plus(reserved(current)));
		draft.mark(writer.id(), parts.get(parts.size() - 1).file().number(), 0);
		boolean ended = this.ending && parts.size() == this.pending.pendingFiles().size();
		if (ended) {
			draft.ended(writer.id());
		}
		trying(directory, current, parts, ended);
		this.pending.sending(replaced);
		return draft.taken(writer.id(),
				parts.stream()
					.filter((part) -> !writer.writerOf(part.file().number()).equals(writer.id()))
					.map((part) -> new Manifest.Taken(writer.writerOf(part.file().number()), part.file().number(),
							part.file().length()))
					.toList());
	}

	private static NumberRanges reserved(@Nullable Manifest manifest) {
		return (manifest != null) ? manifest.reservedFiles() : NumberRanges.EMPTY;
	}

	/** What is committed moves from the pending layers to the committed state. */
	private void settle(LocalDirectory directory, Manifest written) {
		long mark = OwnCommits.markOf(written, directory.writer().id());
		List<Generation> generations = this.pending.sealedGenerations()
			.stream()
			.filter((one) -> one.parts().get(one.parts().size() - 1).file().number() <= mark)
			.toList();
		CommittedState state = this.database.committed();
		Map<Long, Long> numbers = new HashMap<>();
		for (Generation generation : generations) {
			for (Generation.Part part : generation.parts()) {
				numbers.put(part.file().number(), part.number);
				DataFile file = state.addFile(part.record());
				file.copy(keepCopy(directory, part));
			}
		}
		if (!numbers.isEmpty()) {
			forceNames(directory);
		}
		Change change = change(generations, state, written);
		this.database.structure.writeLock().lock();
		try {
			for (Generation generation : generations) {
				if (!generation.isConditional()) {
					merge(generation.index(), numbers, state);
				}
			}
			if (change != null) {
				this.database.listeners.add(change);
			}
			state.reached(written.stateSeq(), written.commit());
			this.pending.committed(generations);
		}
		finally {
			this.database.structure.writeLock().unlock();
		}
		this.database.listeners.show();
		directory.learn(directory.writer().committed(mark));
		state.index().makeRoom();
	}

	/** What listeners are to be told of it; null if nobody listens. */
	private @Nullable Change change(List<Generation> generations, CommittedState state, Manifest written) {
		if (!this.database.listeners.wanted(true)) {
			return null;
		}
		ChangedKeys keys = new ChangedKeys(this.database.newIndex());
		generations.forEach((generation) -> keys.addOfOtherFiles(this.pending.keysOf(generation), state.index()));
		return new Change(state.seq(), written.stateSeq(), written.commit(), keys.put(), keys.deleted(), true, true);
	}

	private static void merge(KeyIndex index, Map<Long, Long> numbers, CommittedState state) {
		long[] last = { -1, -1 };
		index.drain((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
			if (file != last[0]) {
				last[0] = file;
				last[1] = java.util.Objects.requireNonNull(numbers.get(file));
			}
			state.apply(buffer, keyOffset, keyLength, hash, last[1], offset, length, tombstone);
		});
	}

	private @Nullable LocalFile keepCopy(LocalDirectory directory, Generation.Part part) {
		try {
			return directory.committed(part.file(), part.record());
		}
		catch (IOException | RuntimeException | Error ex) {
			// The store has it. A copy only makes reading cheaper, and must not keep what
			// is committed from being taken for that.
			logger.warn("{} is committed, but no copy is kept: {}", part.file().file().path(), ex.toString());
			return null;
		}
	}

	/** Of copies. Without it, some may be pending again, and dropped by their mark. */
	private static void forceNames(LocalDirectory directory) {
		try {
			directory.forceNames();
		}
		catch (IOException | RuntimeException | Error ex) {
			logger.warn("What is committed may have its former name in {} after a power cut, and be fetched again: {}",
					directory.path(), ex.toString());
		}
	}

	/** Writes the checkpoint; a failure is no failure of the commit. */
	public boolean checkpoint() {
		try {
			this.following.agree();
			Manifest manifest = this.manifestFile.manifest();
			return manifest != null && writeCheckpoint(manifest);
		}
		catch (ForeignWriterException ex) {
			throw ex;
		}
		catch (S4DBException ex) {
			if (ex.getCause() instanceof PreconditionFailedException || ex.getCause() instanceof ConflictException) {
				// As where several create a database at once. Whoever commits next does
				// it.
				logger.debug("The commit is done; others were quicker with the checkpoint: {}", ex.getMessage());
			}
			else {
				logger.warn("The commit is done, but the checkpoint was not written: {}", ex.getMessage());
			}
			return false;
		}
	}

	/**
	 * Writes the checkpoint, and names the base that was made for it.
	 * @param manifest the one that memory agrees with
	 * @return whether the checkpoint was written
	 */
	public boolean writeCheckpoint(Manifest manifest) {
		boolean written = this.checkpointFile.write(manifest);
		if (this.checkpointFile.made() != null) {
			replaceManifest((current, draft) -> draft.namesAnotherBase() ? draft : null);
			// Somebody else's is as high, then.
			this.checkpointFile.settled();
		}
		return written;
	}

	/**
	 * The manifest is gone from the store: the one last seen is put back, one commit on.
	 */
	public void restoreManifest() {
		checkNoOtherHistory();
		this.manifestFile.missing();
		replaceManifest((current, draft) -> draft);
	}

	/**
	 * Fails if what is in the store without a manifest is not just what this process last
	 * saw.
	 */
	public void checkNoOtherHistory() {
		Manifest last = java.util.Objects.requireNonNull(this.manifestFile.manifest());
		Checkpoint there = this.checkpointFile.remote();
		long above = DataObjects.list(this.database)
			.files()
			.keySet()
			.stream()
			.filter((number) -> number >= last.next())
			.count();
		if (above > 0 || (there != null && there.seq() > last.seq())) {
			throw new S4DBException("The manifest of " + this.database.store.description()
					+ " is gone, and others committed since this process last saw it: call rebuildIndex() and upload()");
		}
	}

	/** Keeps the log short (rule W8). */
	public void foldIfLong(ManifestDraft draft) {
		this.folding.foldIfLong(draft);
	}

	/** Starts the retention of what is obsolete, now that the checkpoint covers it. */
	public void recordCheckpoint() {
		Manifest manifest = this.manifestFile.manifest();
		Checkpoint known = this.checkpointFile.known();
		if (manifest == null || known == null) {
			return;
		}
		boolean waiting = manifest.obsolete()
			.stream()
			.anyMatch((item) -> item.time() == null && known.seq() >= item.seq());
		if (waiting) {
			replaceManifest((current, draft) -> draft);
		}
	}

}
