package io.s4db.engine.compact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.ProgressListener;
import io.s4db.S4DBException;
import io.s4db.engine.commit.Commits;
import io.s4db.engine.commit.DataFileUploads;
import io.s4db.engine.commit.ManifestDraft;
import io.s4db.engine.commit.ObsoleteFiles;
import io.s4db.engine.follow.Following;
import io.s4db.engine.follow.ManifestFile;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Eviction;
import io.s4db.engine.state.Locks;
import io.s4db.engine.state.Progress;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest.Reservation;
import io.s4db.format.NumberRanges;
import io.s4db.local.LocalDirectory;
import io.s4db.local.WriterIdentity;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites data files without their garbage (rules K1 to K5), beside reads and writes:
 * numbers are reserved, then entries copied ({@link CompactionCopy}) and uploaded
 * ({@link CompactionOutputs}) by all cores and without any lock, then the manifest is
 * replaced.
 */
public final class Compaction {

	private static final Logger logger = LoggerFactory.getLogger(Compaction.class);

	/**
	 * How often it begins anew where other writers took the numbers reserved. Each time
	 * it reserves four times as many to spare: soon more than writers have under way.
	 */
	private static final int ATTEMPTS = 5;

	private final Database database;

	private final ManifestFile manifestFile;

	private final Following following;

	private final Commits commits;

	private final ObsoleteFiles obsoleteFiles;

	private final DataFileUploads uploads;

	/** One at a time in a process; the reservation sees to it among processes. */
	private final ReentrantLock running;

	private volatile @Nullable Run current;

	public Compaction(Database database, ManifestFile manifestFile, Following following, Commits commits,
			ObsoleteFiles obsoleteFiles, DataFileUploads uploads) {
		this.database = database;
		this.running = database.locks.lock(Locks.Rank.COMPACTION);
		this.uploads = uploads;
		this.manifestFile = manifestFile;
		this.following = following;
		this.commits = commits;
		this.obsoleteFiles = obsoleteFiles;
	}

	/** One compaction. */
	private final class Run {

		private final List<DataFile> inputs;

		private final Reservation reservation;

		private final long number;

		private final CompactionOutputs outputs;

		/** Between copy and outputs, if they are to be in order. */
		private final @Nullable EntrySorter sorter;

		private final CompactionCopy copy;

		private final ReentrantLock claim = Compaction.this.database.locks.lock(Locks.Rank.CLAIM);

		/** When the claim on the numbers was last renewed. Guarded by that. */
		private Instant claimed;

		private Run(List<DataFile> inputs, Reservation reservation, long number, boolean inKeyOrder) {
			this.inputs = inputs;
			this.reservation = reservation;
			this.number = number;
			this.claimed = reservation.time();
			this.outputs = new CompactionOutputs(Compaction.this.database, Compaction.this.uploads,
					reservation.files());
			this.sorter = inKeyOrder ? new EntrySorter(Compaction.this.database) : null;
			NumberRanges others = Compaction.this.database.committed().numbers().plus(reservedByOthers(reservation));
			this.copy = new CompactionCopy(Compaction.this.database, (this.sorter != null) ? this.sorter : this.outputs,
					others.minus(inputNumbers()), Compaction.this::follow);
		}

		private NumberRanges inputNumbers() {
			return NumberRanges.of(this.inputs.stream().map(DataFile::number).toList());
		}

		private long inputBytes() {
			return this.inputs.stream().mapToLong((file) -> file.record().bytes()).sum();
		}

	}

	public CompactionResult compact(CompactionPolicy policy, ProgressListener progress) {
		if (!this.running.tryLock()) {
			throw new S4DBException("A compaction is running already");
		}
		try {
			Instant started = this.database.now();
			int deleted = 0;
			Run run = rewrite(policy, progress);
			this.database.commitLock.lock();
			try {
				// What is an orphan is judged by the manifest as it is now.
				this.following.follow();
				deleted = this.obsoleteFiles.deleteDue();
				deleted += new Orphans(this.database).delete(this.manifestFile);
			}
			finally {
				this.database.commitLock.unlock();
			}
			return result(run, deleted, Duration.between(started, this.database.now()));
		}
		finally {
			this.running.unlock();
		}
	}

	/** Rewrites; returns null if there is nothing to. */
	private @Nullable Run rewrite(CompactionPolicy policy, ProgressListener progress) {
		long spare = 0;
		for (int attempt = 1;; attempt++) {
			Run run = begin(policy, spare);
			if (run == null) {
				return null;
			}
			try {
				rewrite(run, progress);
				return run;
			}
			catch (CompactionOutputs.NumbersTakenException ex) {
				if (attempt == ATTEMPTS) {
					throw ex;
				}
				logger.debug("Other writers were faster; attempt {}", attempt, ex);
				spare = Math.max(1, spare) * 4;
			}
		}
	}

	private void rewrite(Run run, ProgressListener progress) {
		this.current = run;
		try {
			copy(run, progress);
		}
		catch (IOException | UncheckedIOException ex) {
			giveUp(run);
			throw new S4DBException(
					"The compaction's output could not be written: " + ex.getMessage() + ". Everything is as it was",
					ex);
		}
		catch (RuntimeException | Error ex) {
			giveUp(run);
			throw ex;
		}
		finally {
			this.current = null;
			run.inputs.forEach(this::isCompacted);
		}
		finish(run);
	}

	private void isCompacted(DataFile input) {
		input.compacting(false);
		// The state may have been read anew meanwhile.
		DataFile present = this.database.committed().file(input.number());
		if (present != null) {
			present.compacting(false);
		}
	}

	private void follow() {
		this.database.commitLock.lock();
		try {
			this.following.follow();
		}
		finally {
			this.database.commitLock.unlock();
		}
	}

	private static CompactionResult result(@Nullable Run run, int deleted, Duration took) {
		if (run == null) {
			return new CompactionResult(0, 0, 0, 0, 0, 0, 0, deleted, took);
		}
		List<FileRecord> outputs = run.outputs.records();
		long outputBytes = outputs.stream().mapToLong(FileRecord::bytes).sum();
		return new CompactionResult(run.inputs.size(), run.inputBytes(), outputs.size(), outputBytes,
				run.inputBytes() - outputBytes, run.copy.entries(), run.copy.tombstones(), deleted, took);
	}

	/**
	 * Commits what is pending, chooses the inputs and reserves numbers (rule K1).
	 * @param spare how many more than are needed
	 */
	private @Nullable Run begin(CompactionPolicy policy, long spare) {
		this.database.commitLock.lock();
		try {
			this.commits.commit(ProgressListener.NONE);
			if (this.database.committed().files().isEmpty()) {
				return null;
			}
			this.commits.prepareStore();
			this.commits.takeOverForeign();
			if (this.manifestFile.stale()) {
				this.following.follow();
			}
			LocalDirectory directory = this.database.local.orCreate();
			directory.writer(directory.writer().nextCompaction());
			List<DataFile> chosen = new ArrayList<>();
			Reservation[] mine = new Reservation[1];
			Manifest written = this.commits.replaceManifest((current, draft) -> {
				chosen.clear();
				chosen.addAll(choose(policy));
				if (chosen.isEmpty()) {
					return null;
				}
				cancelStale(current, draft, directory.writer());
				NumberRanges numbers = NumberRanges.range(draft.next(),
						draft.next() + numbersNeeded(chosen) + spare - 1);
				draft.next(numbers.last() + 1, numbers).reserve(numbers, directory.writer().id());
				mine[0] = new Reservation(numbers, directory.writer().id(), this.database.now());
				return draft;
			});
			if (written == null) {
				return null;
			}
			chosen.forEach((file) -> file.compacting(true));
			return new Run(chosen, mine[0], directory.writer().compactions(), policy.inKeyOrder());
		}
		finally {
			this.database.commitLock.unlock();
		}
	}

	private void cancelStale(@Nullable Manifest current, ManifestDraft draft, WriterIdentity writer) {
		if (current == null) {
			return;
		}
		for (Reservation other : current.reserved()) {
			boolean stale = other.time().plus(this.database.options.reservationTimeout()).isBefore(this.database.now());
			if (!stale && !writer.isOrWas(other.writer())) {
				throw new S4DBException(
						"Another process compacts this database since " + other.time() + "; its claim lapses "
								+ this.database.options.reservationTimeout() + " after its last sign of life");
			}
			draft.endReservation(other, NumberRanges.EMPTY);
		}
	}

	private List<DataFile> choose(CompactionPolicy policy) {
		List<DataFile> all = this.database.committed().files();
		if (policy.garbageShare() == 0) {
			return all;
		}
		double small = policy.smallFileShare() * this.database.options.maxFileSize();
		List<DataFile> smallFiles = all.stream().filter((file) -> file.record().bytes() < small).toList();
		return all.stream()
			.filter((file) -> file.garbageShare() >= policy.garbageShare()
					|| (smallFiles.size() > 1 && smallFiles.contains(file)))
			.toList();
	}

	/** An upper bound: if it does not do, the last output grows. */
	private long numbersNeeded(List<DataFile> inputs) {
		long bytes = inputs.stream().mapToLong((file) -> file.record().bytes()).sum();
		return 2 + Math.min(inputs.size() * 2L + bytes / (1L << 30), 2 * bytes / this.database.options.maxFileSize());
	}

	private void copy(Run run, ProgressListener progress) throws IOException {
		EntrySorter sorter = run.sorter;
		// What is sorted is handled twice.
		Progress read = new Progress(progress, (sorter != null) ? 2 * run.inputBytes() : run.inputBytes());
		this.database.io.map(this.database.threads(), run.inputs, (input) -> {
			keepClaim(run);
			run.copy.copy(input);
			read.add(input.record().bytes());
			return input;
		});
		if (sorter != null) {
			drain(run, sorter, read);
		}
		run.outputs.finish(() -> keepClaim(run));
	}

	private void drain(Run run, EntrySorter sorter, Progress progress) throws IOException {
		long[] left = { run.inputBytes() };
		sorter.drain((block) -> {
			run.outputs.write(block);
			left[0] -= block.length();
			progress.add(block.length());
		}, () -> keepClaim(run));
		sorter.close();
		progress.add(left[0]);
	}

	/**
	 * A long compaction shows that it goes on: one commit in a quarter of the timeout.
	 */
	private void keepClaim(Run run) {
		Duration quarter = this.database.options.reservationTimeout().dividedBy(4);
		run.claim.lock();
		try {
			if (run.claimed.plus(quarter).isAfter(this.database.now())) {
				return;
			}
			this.database.commitLock.lock();
			try {
				this.commits.replaceManifest((current, draft) -> {
					standing(run, current);
					return draft.alive(run.reservation.files());
				});
				run.claimed = this.database.now();
			}
			finally {
				this.database.commitLock.unlock();
			}
		}
		finally {
			run.claim.unlock();
		}
	}

	/** The claim as it stands in the manifest. */
	private Reservation standing(Run run, @Nullable Manifest manifest) {
		List<Reservation> reserved = (manifest != null) ? manifest.reserved() : List.of();
		return reserved.stream()
			.filter((one) -> one.files().equals(run.reservation.files())
					&& one.writer().equals(run.reservation.writer()))
			.findFirst()
			.orElseThrow(() -> new S4DBException("This compaction took too long: another process cancelled its claim."
					+ " Everything is as it was"));
	}

	private NumberRanges reservedByOthers(Reservation own) {
		Manifest manifest = this.manifestFile.manifest();
		return (manifest != null) ? manifest.reservedFiles().minus(own.files()) : NumberRanges.EMPTY;
	}

	/** Rule K4. */
	private void finish(Run run) {
		this.database.commitLock.lock();
		try {
			LocalDirectory directory = this.database.local.orCreate();
			List<FileRecord> records = run.outputs.records();
			NumberRanges used = NumberRanges.of(records.stream().map(FileRecord::number).toList());
			this.commits.replaceManifest((current, draft) -> {
				if (current == null) {
					throw new S4DBException("The manifest is gone");
				}
				Manifest.Mark mark = current.writers().get(run.reservation.writer());
				if (mark != null && mark.compaction() >= run.number) {
					// An earlier try got in, and following it applied it.
					return null;
				}
				Reservation standing = standing(run, current);
				this.commits.foldIfLong(draft);
				draft.obsolete(run.inputNumbers(), List.of());
				draft.endReservation(standing, used)
					.append(LogItem.compaction(draft.seq(), draft.commit(), records, run.inputNumbers()));
				return this.commits.compacted(current, draft, directory, run.number);
			}, (written) -> apply(run, directory, written, records));
			if (this.commits.checkpoint()) {
				this.commits.recordCheckpoint();
			}
			new Eviction(this.database).evict();
		}
		finally {
			// What became copies is not there any more.
			run.outputs.discard();
			this.database.commitLock.unlock();
		}
	}

	private void apply(Run run, LocalDirectory directory, Manifest written, List<FileRecord> records) {
		CommittedState state = this.database.committed();
		for (CompactionOutput output : run.outputs.files()) {
			FileRecord record = output.record();
			DataFile file = state.addFile(record);
			try {
				file.copy(directory.copies().install(output.path(), record.number()));
			}
			catch (IOException ex) {
				logger.warn("{} is committed, but no copy is kept: {}", record.name(), ex.getMessage());
			}
		}
		this.following.apply(LogItem.compaction(written.seq(), written.commit(), records, run.inputNumbers()));
	}

	private void giveUp(Run run) {
		run.outputs.discard();
		if (run.sorter != null) {
			try {
				run.sorter.close();
			}
			catch (IOException ex) {
				logger.debug("What was sorted stays on disk until the next start", ex);
			}
		}
		try {
			this.database.commitLock.lock();
			try {
				this.commits.replaceManifest((current, draft) -> {
					boolean stands = current != null && current.reserved()
						.stream()
						.anyMatch((one) -> one.files().equals(run.reservation.files()));
					return stands ? draft.endReservation(run.reservation, NumberRanges.EMPTY) : null;
				});
			}
			finally {
				this.database.commitLock.unlock();
			}
		}
		catch (RuntimeException ex) {
			logger.warn("The numbers {} stay reserved until the next compaction: {}", run.reservation.files(),
					ex.getMessage());
		}
	}

	/** Whether this process compacts right now. */
	public boolean isRunning() {
		return this.current != null;
	}

}
