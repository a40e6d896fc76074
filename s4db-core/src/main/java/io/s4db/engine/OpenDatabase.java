package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.ConditionalWrites;
import io.s4db.Finding;
import io.s4db.IndexMode;
import io.s4db.IndexTierStats;
import io.s4db.Mode;
import io.s4db.ProgressListener;
import io.s4db.RebuildResult;
import io.s4db.RecoveryReport;
import io.s4db.RefreshResult;
import io.s4db.RequestCounts;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBException;
import io.s4db.S4DBObserver;
import io.s4db.S4DBOperation;
import io.s4db.S4DBOptions;
import io.s4db.S4DBStats;
import io.s4db.UploadResult;
import io.s4db.VerifyReport;
import io.s4db.engine.commit.Commits;
import io.s4db.engine.commit.DataFileUploads;
import io.s4db.engine.commit.Marks;
import io.s4db.engine.commit.ObsoleteFiles;
import io.s4db.engine.compact.Compaction;
import io.s4db.engine.follow.ChangesSince;
import io.s4db.engine.follow.CheckpointFile;
import io.s4db.engine.follow.Following;
import io.s4db.engine.follow.ManifestFile;
import io.s4db.engine.follow.OwnCommits;
import io.s4db.engine.read.EntryReader;
import io.s4db.engine.read.KeyOrder;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Eviction;
import io.s4db.engine.state.Layers;
import io.s4db.engine.state.LocalStorage;
import io.s4db.engine.state.Observers;
import io.s4db.engine.state.Operations.OnClose;
import io.s4db.engine.state.Pins;
import io.s4db.engine.upkeep.CommitList;
import io.s4db.engine.upkeep.Downloads;
import io.s4db.engine.upkeep.Mirror;
import io.s4db.engine.upkeep.Rebuild;
import io.s4db.engine.upkeep.Restore;
import io.s4db.engine.upkeep.Verification;
import io.s4db.engine.upkeep.Whereabouts;
import io.s4db.engine.write.ConditionalWrite;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.Compression;
import io.s4db.format.Manifest;
import io.s4db.format.NumberRanges;
import io.s4db.local.LocalDirectory;
import io.s4db.local.Overlap;
import io.s4db.local.PendingFile;
import io.s4db.local.WriterIdentity;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of an open database: put together at open, taken apart at close.
 */
final class OpenDatabase {

	private static final Logger logger = LoggerFactory.getLogger(OpenDatabase.class);

	final Database database;

	final PendingWrites pending;

	final EntryReader reader;

	final KeyOrder order;

	final ManifestFile manifestFile;

	final CheckpointFile checkpointFile;

	final Following following;

	final ChangesSince changesSince;

	final Commits commits;

	final CommitList commitList;

	final Whereabouts whereabouts;

	private final Marks marks;

	final Compaction compaction;

	final Downloads downloads;

	final Mirror mirror;

	final Closing closing;

	final Pins pins = new Pins();

	private final RequestCounts requestsAtOpen;

	private RecoveryReport recovery = RecoveryReport.NOTHING;

	private OpenDatabase(ObjectStore given, S4DBOptions options, @Nullable S4DBObserver observer) {
		Path localDir = options.localDir();
		if (localDir != null) {
			given.directory().ifPresent((folder) -> Overlap.requireApart(localDir, folder));
		}
		ObjectStore store = (options.conditionalWrites() == ConditionalWrites.OFF) ? new HeadCheckedStore(given)
				: given;
		this.requestsAtOpen = store.requestCounts();
		this.database = new Database(store, options, new LocalStorage(store.description(), options), observer);
		this.pending = new PendingWrites(this.database);
		this.manifestFile = new ManifestFile(this.database);
		this.checkpointFile = new CheckpointFile(this.database);
		this.following = new Following(this.database, this.manifestFile, this.pending, this.checkpointFile);
		this.changesSince = new ChangesSince(this.database, this.manifestFile, this.following);
		ObsoleteFiles obsoleteFiles = new ObsoleteFiles(this.database, this.pins, this.manifestFile);
		DataFileUploads uploads = new DataFileUploads(this.database, this.manifestFile);
		this.marks = new Marks(this.database);
		this.commits = new Commits(this.database, this.pending, this.manifestFile, this.following, this.checkpointFile,
				obsoleteFiles, this.marks, uploads);
		this.compaction = new Compaction(this.database, this.manifestFile, this.following, this.commits, obsoleteFiles,
				uploads);
		this.downloads = new Downloads(this.database, this.following);
		this.mirror = new Mirror(this.database, this.downloads);
		this.reader = new EntryReader(this.database, this.pending, this::refreshForRead);
		this.commitList = new CommitList(this.database, this.manifestFile);
		this.whereabouts = new Whereabouts(this.database, this.pending, this.reader, this.commitList);
		this.order = new KeyOrder(this.database, this.pending);
		this.closing = new Closing(this);
	}

	/**
	 * Opens a database.
	 * @param observer who is told what is done; null if nobody is
	 * @param rebuild whether to make its index anew
	 */
	static OpenDatabase open(ObjectStore store, S4DBOptions options, @Nullable S4DBObserver observer, boolean rebuild) {
		Compression.load();
		long begun = System.nanoTime();
		OpenDatabase open = new OpenDatabase(store, options, observer);
		open.database.commitLock.lock();
		try {
			open.begin(rebuild);
			logger.info("{} is open: {} keys in {} data files, after {} ms, with {} and the index {}",
					open.database.store.description(), open.pending.knownSize(),
					open.database.committed().files().size(), millisSince(begun), open.describeLocal(),
					open.describeIndex());
		}
		catch (RuntimeException | Error ex) {
			open.release(false);
			throw ex;
		}
		finally {
			open.database.commitLock.unlock();
		}
		open.mirror.look();
		return open;
	}

	private String describeIndex() {
		if (this.database.committed().isOnBase()) {
			return "in pages of the bucket";
		}
		return (indexMode() == IndexMode.PAGED) ? "in pages on disk" : "in memory";
	}

	private String describeLocal() {
		LocalDirectory directory = this.database.local.directory();
		return (directory != null) ? "the local directory " + directory.path() : "no local directory yet";
	}

	private void begin(boolean rebuild) {
		this.database.local.open();
		List<Finding> findings = new ArrayList<>();
		if (rebuild) {
			findings.addAll(rebuild(ProgressListener.NONE).findings());
		}
		else {
			this.following.open();
		}
		try {
			this.database.local.moveIn(this.manifestFile.manifest(), this.database.committed(), rebuild, findings);
			LocalDirectory directory = this.database.local.directory();
			if (directory != null) {
				recover(directory, findings);
			}
			else {
				this.recovery = new RecoveryReport(0, 0, 0, findings);
			}
		}
		catch (IOException ex) {
			throw new S4DBException(
					"The local directory " + this.database.local.describe() + " cannot be used: " + ex.getMessage(),
					ex);
		}
		this.database.disk.open(this.database.local, this.database.options.diskCacheSize());
		if (this.database.options.mode() == Mode.READ_WRITE) {
			this.commits.raiseEpochIfExclusive();
		}
	}

	/** Takes up what a predecessor left: its copies, and its pending files. */
	private void recover(LocalDirectory directory, List<Finding> findings) throws IOException {
		boolean reads = this.database.options.mode() == Mode.READ_ONLY;
		Manifest manifest = this.manifestFile.manifest();
		if (!reads && directory.hasPending() && !this.following.rebuilt()) {
			// How long they are is not known yet: what others took counts as theirs.
			this.marks.check(manifest, directory.writer(), lengths(directory, 0));
		}
		this.following.openCopies(directory, findings);
		new Eviction(this.database).evict();
		if (reads) {
			this.recovery = new RecoveryReport(0, 0, 0, findings);
			return;
		}
		WriterIdentity writer = directory.writer();
		long mark = OwnCommits.known(manifest, this.database.committed(), writer, lengths(directory, Long.MAX_VALUE))
			.committed();
		if (this.following.rebuilt()) {
			mark = Math.max(mark, writer.committed());
			for (WriterIdentity.Former former : writer.former()) {
				mark = Math.max(mark, former.committed());
			}
		}
		// A number that was committed from a copy would be taken for committed again.
		directory.pendingNumbersAbove(Math.max(mark, (manifest != null) ? manifest.takenUpTo(writer.id()) : 0));
		directory.dropCommittedPending(mark);
		directory.dropConditional();
		List<PendingFile> recovered = new ArrayList<>(directory.recoverPending(mark, findings));
		long committed = OwnCommits.known(manifest, this.database.committed(), writer, OwnCommits.lengths(recovered))
			.committed();
		for (PendingFile file : List.copyOf(recovered)) {
			if (file.number() <= committed) {
				// From a copy of this directory.
				recovered.remove(file);
				file.file().close();
				directory.dropPending(file);
			}
		}
		this.pending.recovered(recovered);
		long entries = recovered.stream().mapToLong(PendingFile::entries).sum();
		this.recovery = new RecoveryReport(recovered.size(), entries, directory.cutBytes(), findings);
		if (!recovered.isEmpty()) {
			logger.info("{}: {} entries of {} pending files in {} were taken up", this.database.store.description(),
					entries, recovered.size(), directory.path());
		}
	}

	private static Map<Long, Long> lengths(LocalDirectory directory, long each) throws IOException {
		Map<Long, Long> lengths = new TreeMap<>();
		directory.pendingNumbers().forEach((number) -> lengths.put(number, each));
		return lengths;
	}

	/** Follows other writers. */
	RefreshResult refresh() {
		long begun = System.nanoTime();
		RefreshResult result = refreshing(this.following::refresh);
		if (result.changed()) {
			logger.debug("{}: a refresh brought {} commits up to {} in {} ms; index read anew: {}; {} keys now",
					this.database.store.description(), result.commits(), result.seq(), millisSince(begun),
					result.reopened(), this.pending.knownSize());
		}
		this.mirror.look();
		return result;
	}

	private static long millisSince(long begun) {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
	}

	/** Follows other writers, for a read that found nothing where it should be. */
	void refreshForRead() {
		Observers.observed(this.database.observer, S4DBOperation.REFRESH, (observation) -> refreshing(() -> {
			this.following.followAll();
			return true;
		}));
	}

	private <T> T refreshing(Supplier<T> how) {
		return this.database.operations.run("refresh", OnClose.FINISH, () -> this.database.underCommitLock(how));
	}

	/** Commits unless somebody else did so meanwhile. */
	void commitUpTo(PendingFile file) {
		this.database.underCommitLock(
				() -> file.isCommitted() ? this.commits.last() : this.commits.commit(ProgressListener.NONE));
	}

	/**
	 * Has a conditional write decided by a commit, its own or somebody else's.
	 * @return whether it was written
	 * @throws S4DBException if that failed: it is taken back, unless it may have got in
	 * or somebody else is about to decide it
	 */
	boolean decide(ConditionalWrite write) {
		this.pending.add(write);
		try {
			while (!write.isDecided()) {
				this.database.underCommitLock(() -> decideNow(write));
			}
		}
		catch (S4DBException ex) {
			// What else the commit was about may have failed.
			if (!write.isDecided()) {
				throw ex;
			}
		}
		finally {
			this.pending.leave(write);
		}
		return write.isWritten();
	}

	private boolean decideNow(ConditionalWrite write) {
		try {
			if (!write.isDecided()) {
				this.commits.commit(ProgressListener.NONE);
			}
			return true;
		}
		catch (RuntimeException | Error ex) {
			this.pending.takeBack(write);
			throw ex;
		}
	}

	RebuildResult rebuild(ProgressListener progress) {
		Rebuild rebuild = new Rebuild(this.database, this.manifestFile, this.following, this.checkpointFile);
		try {
			return rebuild.rebuild(progress, false);
		}
		catch (ObjectNotFoundException ex) {
			// Another process deleted what is obsolete, or the listing lags; nothing was
			// changed so far.
			return rebuildAgain(rebuild, progress);
		}
	}

	private static RebuildResult rebuildAgain(Rebuild rebuild, ProgressListener progress) {
		try {
			return rebuild.rebuild(progress, true);
		}
		catch (ObjectNotFoundException ex) {
			throw new S4DBException("Another process deleted data files while the index was made, twice; nothing was"
					+ " changed, call rebuildIndex() again", ex);
		}
	}

	/** Compares the bucket with the local copies, and mends it. Under the commit lock. */
	UploadResult restore(UploadResult committed, ProgressListener progress) {
		return new Restore(this.database, this.manifestFile, this.checkpointFile, this.following, this.commits)
			.restore(committed, progress);
	}

	VerifyReport verify(ProgressListener progress) {
		return new Verification(this.database, this.pending, this.following, this.manifestFile).verify(progress);
	}

	/** Writes the checkpoint; there must be something committed to write. */
	void checkpoint() {
		this.following.agree();
		if (this.following.rebuilt() || this.following.foreign() != null) {
			this.commits.commit(ProgressListener.NONE);
			this.commits.prepareStore();
			this.commits.takeOverForeign();
		}
		Manifest manifest = this.manifestFile.manifest();
		if (manifest != null) {
			this.commits.prepareStore();
			this.commits.writeCheckpoint(manifest);
		}
	}

	void writeLocalCheckpoint() {
		if (!this.manifestFile.agrees()) {
			return;
		}
		LocalDirectory directory = this.database.local.directory();
		Manifest manifest = this.manifestFile.manifest();
		if (directory != null && directory.keepsCheckpoint() && manifest != null) {
			try {
				this.checkpointFile.writeLocal(directory, manifest.next());
			}
			catch (IOException ex) {
				throw new S4DBException("The local checkpoint could not be written: " + ex.getMessage(), ex);
			}
		}
	}

	CompactionResult compact(CompactionPolicy policy, ProgressListener progress) {
		CompactionResult result = this.database.operations.run("compact", OnClose.END,
				() -> this.compaction.compact(policy, progress));
		if (result.inputFiles() > 0 || result.deletedObjects() > 0) {
			logger.debug(
					"{}: {} data files of {} bytes were compacted to {} of {} with {} entries and {} tombstones,"
							+ " and {} objects deleted, in {} ms",
					this.database.store.description(), result.inputFiles(), result.inputBytes(), result.outputFiles(),
					result.outputBytes(), result.entries(), result.tombstones(), result.deletedObjects(),
					result.took().toMillis());
		}
		this.mirror.look();
		return result;
	}

	/** Automatic compaction: after an upload, if there is garbage enough. */
	void compactIfWorthwhile(UploadResult upload) {
		S4DBOptions options = this.database.options;
		if (!options.automaticCompaction() || upload.dataFiles() == 0 || this.compaction.isRunning()) {
			return;
		}
		CompactionPolicy policy = CompactionPolicy.partial(options.compactionGarbageShare());
		boolean worthwhile = this.database.committed()
			.files()
			.stream()
			.anyMatch((file) -> file.garbageShare() >= policy.garbageShare());
		if (worthwhile) {
			boolean begun = this.database.io.offer(() -> {
				try {
					return Observers.observed(this.database.observer, S4DBOperation.COMPACT,
							(observation) -> compact(policy, ProgressListener.NONE));
				}
				catch (S4DBClosedException ex) {
					throw ex;
				}
				catch (RuntimeException ex) {
					logger.warn("Automatic compaction failed; it is tried again after the next upload", ex);
					throw ex;
				}
			});
			if (!begun) {
				logger.debug("Automatic compaction is left to a later upload: the executor is busy");
			}
		}
	}

	S4DBStats stats(@Nullable String writeProblem) {
		Manifest manifest = this.manifestFile.manifest();
		Layers layers = this.database.layers();
		List<DataFile> files = layers.committed().files();
		List<PendingFile> pendingFiles = this.pending.pendingFiles();
		NumberRanges obsolete = (manifest != null) ? manifest.obsoleteFiles() : NumberRanges.EMPTY;
		Instant oldest = pendingFiles.isEmpty() ? null : this.pending.oldest();
		List<IndexTierStats> tiers = layers.committed().index().tiers();
		return new S4DBStats(this.pending.knownSize(), files.size(),
				files.stream().mapToLong((file) -> file.record().bytes()).sum(),
				files.stream().mapToLong(DataFile::liveBytes).sum(), files.stream().map(DataFile::stats).toList(),
				pendingFiles.size(), pendingFiles.stream().mapToLong(PendingFile::entries).sum(),
				pendingFiles.stream().mapToLong(PendingFile::length).sum(), oldest,
				(manifest != null) ? manifest.seq() : 0, this.checkpointFile.covered(manifest),
				(manifest != null) ? manifest.log().size() : 0, (manifest != null) ? manifest.epoch() : 0,
				this.database.fenced(), this.manifestFile.seenAt(), this.manifestFile.lastCommit(), this.commits.last(),
				this.manifestFile.commits(), this.manifestFile.rebases(), (int) obsolete.count(),
				obsolete.toList().stream().mapToLong(this.following::obsoleteBytes).sum(),
				(manifest != null) ? manifest.next() : 1, indexMode(), layers.heapBytes() + this.order.heapBytes(),
				tiers.stream()
					.filter((tier) -> tier.kind() == IndexTierStats.Kind.FILE)
					.mapToLong(IndexTierStats::bytes)
					.sum(),
				this.recovery, this.database.store.requestCounts().since(this.requestsAtOpen), this.reader.cacheStats(),
				this.reader.readCounts(), writeProblem, layers.committed().index().isSizeKnown(),
				this.database.pages.stats(), this.database.disk.stats(), tiers);
	}

	/** Where the index is kept now. */
	private IndexMode indexMode() {
		return this.database.committed().index().isPaged() ? IndexMode.PAGED : IndexMode.MEMORY;
	}

	/** So that a warm start need not fetch the index. */
	void keepLocalCheckpoint() throws IOException {
		LocalDirectory directory = this.database.local.directory();
		if (directory != null && this.database.local.given()) {
			this.database.commitLock.lock();
			try {
				Manifest manifest = this.manifestFile.manifest();
				if (directory.keepsCheckpoint() && manifest != null && this.manifestFile.agrees()) {
					this.checkpointFile.writeLocal(directory, manifest.next());
				}
			}
			finally {
				this.database.commitLock.unlock();
			}
		}
	}

	/** Lets go of everything; no operation runs any more. */
	void release(boolean clean) {
		this.pending.withWritesHeld(this.database::markClosed);
		this.database.io.close();
		this.database.io.awaitEnd();
		boolean empty = this.pending.isEmpty();
		this.pending.close();
		for (DataFile file : this.database.committed().files()) {
			io.s4db.local.LocalFile copy = file.copy();
			if (copy != null) {
				copy.close();
			}
		}
		this.database.disk.close();
		this.database.local.close(clean && empty);
	}

}
