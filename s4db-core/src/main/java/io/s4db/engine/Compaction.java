package io.s4db.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.CorruptDataException;
import io.s4db.ProgressListener;
import io.s4db.S4DBException;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryScanner;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest.Reservation;
import io.s4db.format.NumberRanges;
import io.s4db.index.Location;
import io.s4db.local.LocalDirectory;
import io.s4db.store.ObjectContent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites data files without their garbage (rules K1 to K5), beside reads and writes:
 * numbers are reserved, then entries copied and uploaded without any lock, then the
 * manifest is replaced. Memory: a batch of entries, whatever the size of the database.
 *
 * <p>
 * Whether an entry is copied is asked of the committed state at the time of copying,
 * which may be later than the reservation. That is as good as a snapshot: state only
 * moves on by commits whose numbers are above the reserved ones, so that what is skipped
 * because of them is decided by them in a replay too.
 */
final class Compaction {

	private static final Logger logger = LoggerFactory.getLogger(Compaction.class);

	/** How often it begins anew where other writers took the numbers reserved. */
	private static final int ATTEMPTS = 5;

	private final Database database;

	private final ManifestFile manifestFile;

	private final Following following;

	private final Commits commits;

	private final ObsoleteFiles obsoleteFiles;

	private final DataFileUploads uploads;

	private final DataFileReader files;

	private final Rules rules;

	/** One at a time in a process; the reservation sees to it among processes. */
	private final ReentrantLock running = new ReentrantLock();

	private volatile @Nullable Run current;

	Compaction(Database database, ManifestFile manifestFile, Following following, Commits commits,
			ObsoleteFiles obsoleteFiles, DataFileUploads uploads) {
		this.database = database;
		this.uploads = uploads;
		this.manifestFile = manifestFile;
		this.following = following;
		this.commits = commits;
		this.obsoleteFiles = obsoleteFiles;
		this.files = new DataFileReader(database);
		this.rules = database.rules;
	}

	/** One compaction. */
	private final class Run {

		private final List<DataFile> inputs;

		private final Reservation reservation;

		private final long number;

		private final List<CompactionOutput> outputs = new ArrayList<>();

		/** What to copy instead of what is live by then; null outside tests (K1). */
		private final @Nullable Set<Location> early;

		private long entries;

		private long tombstones;

		private long read;

		/** When the claim on the numbers was last renewed. */
		private Instant claimed;

		private Run(List<DataFile> inputs, Reservation reservation, long number, @Nullable Set<Location> early) {
			this.inputs = inputs;
			this.reservation = reservation;
			this.number = number;
			this.claimed = reservation.time();
			this.early = early;
		}

		private NumberRanges inputNumbers() {
			return NumberRanges.of(this.inputs.stream().map(DataFile::number).toList());
		}

		private long inputBytes() {
			return this.inputs.stream().mapToLong((file) -> file.record().bytes()).sum();
		}

	}

	CompactionResult compact(CompactionPolicy policy, ProgressListener progress) {
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
				deleted = this.obsoleteFiles.deleteDue(this.manifestFile.manifest());
				deleted += new Orphans(this.database).delete(this.manifestFile.manifest());
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
		for (int attempt = 1;; attempt++) {
			Run run = begin(policy);
			if (run == null) {
				return null;
			}
			try {
				rewrite(run, progress);
				return run;
			}
			catch (NumbersTakenException ex) {
				if (attempt == ATTEMPTS) {
					throw ex;
				}
				logger.debug("Other writers were faster; attempt {}", attempt, ex);
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
			run.inputs.forEach((file) -> file.compacting(false));
		}
		finish(run);
	}

	private static CompactionResult result(@Nullable Run run, int deleted, Duration took) {
		if (run == null) {
			return new CompactionResult(0, 0, 0, 0, 0, 0, 0, deleted, took);
		}
		long outputBytes = run.outputs.stream().mapToLong((output) -> output.record().bytes()).sum();
		return new CompactionResult(run.inputs.size(), run.inputBytes(), run.outputs.size(), outputBytes,
				run.inputBytes() - outputBytes, run.entries, run.tombstones, deleted, took);
	}

	/** Commits what is pending, chooses the inputs and reserves numbers (rule K1). */
	private @Nullable Run begin(CompactionPolicy policy) {
		Set<Location> early = this.rules.keep(Rule.K1_SNAPSHOT) ? null : live();
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
				cancelStale(current, draft, directory.writer().id());
				NumberRanges numbers = NumberRanges.range(draft.next(), draft.next() + numbersNeeded(chosen) - 1);
				draft.next(numbers.last() + 1, numbers).reserve(numbers, directory.writer().id());
				mine[0] = new Reservation(numbers, directory.writer().id(), this.database.now());
				return draft;
			});
			if (written == null) {
				return null;
			}
			chosen.forEach((file) -> file.compacting(true));
			return new Run(chosen, mine[0], directory.writer().compactions(), early);
		}
		finally {
			this.database.commitLock.unlock();
		}
	}

	private Set<Location> live() {
		Set<Location> live = new HashSet<>();
		this.database.committed()
			.index()
			.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> live
				.add(new Location(file, offset, length, tombstone)));
		return live;
	}

	private void cancelStale(@Nullable Manifest current, ManifestDraft draft, java.util.UUID writer) {
		if (current == null) {
			return;
		}
		for (Reservation other : this.rules.keep(Rule.K1_ONE_AT_A_TIME) ? current.reserved() : List.<Reservation>of()) {
			boolean stale = other.time().plus(this.database.options.reservationTimeout()).isBefore(this.database.now());
			if (!stale && !other.writer().equals(writer)) {
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
		if (!this.rules.keep(Rule.K1_NO_MORE_NUMBERS)) {
			return 1;
		}
		long bytes = inputs.stream().mapToLong((file) -> file.record().bytes()).sum();
		return 2 + Math.min(inputs.size() * 2L + bytes / (1L << 30), 2 * bytes / this.database.options.maxFileSize());
	}

	private void copy(Run run, ProgressListener progress) throws IOException {
		NumberRanges others = this.database.committed().numbers().plus(reservedByOthers(run)).minus(run.inputNumbers());
		for (DataFile input : run.inputs) {
			keepClaim(run);
			copy(run, input, others, progress);
		}
		if (!run.outputs.isEmpty()) {
			last(run).seal(this.database.newId());
		}
		int some = this.database.options.transferParallelism();
		for (int i = 0; i < run.outputs.size(); i += some) {
			IoPool.checkInterrupted();
			keepClaim(run);
			this.database.io.map(some, run.outputs.subList(i, Math.min(run.outputs.size(), i + some)),
					(output) -> create(run, output));
		}
	}

	/**
	 * Creates an output's object. A writer that lost the race against the reservation may
	 * have created one under its number: then it takes a reserved number that is left.
	 */
	private CompactionOutput create(Run run, CompactionOutput output) {
		FileRecord record = output.record();
		while (!this.uploads.createDataFile(record, ObjectContent.of(output.path(), record.bytes()))) {
			record = renumber(run, output, record);
		}
		logger.debug("{} is in the store, of compaction {}", record.name(), run.number);
		return output;
	}

	private static FileRecord renumber(Run run, CompactionOutput output, FileRecord record) {
		synchronized (run) {
			long free = run.outputs.stream().mapToLong((one) -> one.number()).max().orElseThrow() + 1;
			if (free > run.reservation.files().last()) {
				throw new NumbersTakenException(
						record.name() + " was reserved for this compaction, but somebody else created"
								+ " it. Everything is as it was; try again");
			}
			try {
				return output.renumber(free);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	/**
	 * A long compaction shows that it goes on: one commit in a quarter of the timeout.
	 */
	private void keepClaim(Run run) {
		Duration quarter = this.database.options.reservationTimeout().dividedBy(4);
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

	/** The claim as it stands in the manifest. */
	private Reservation standing(Run run, @Nullable Manifest manifest) {
		List<Reservation> reserved = (manifest != null) ? manifest.reserved() : List.of();
		return reserved.stream()
			.filter((one) -> one.files().equals(run.reservation.files()))
			.findFirst()
			.or(() -> this.rules.keep(Rule.K1_RESERVATION_STANDS) ? Optional.empty() : Optional.of(run.reservation))
			.orElseThrow(() -> new S4DBException("This compaction took too long: another process cancelled its claim."
					+ " Everything is as it was"));
	}

	private NumberRanges reservedByOthers(Run run) {
		Manifest manifest = this.manifestFile.manifest();
		return (manifest != null) ? manifest.reservedFiles().minus(run.reservation.files()) : NumberRanges.EMPTY;
	}

	private void copy(Run run, DataFile input, NumberRanges others, ProgressListener progress) throws IOException {
		FileRecord record = input.record();
		long live = 0;
		try (InputStream in = this.files.open(record, input.copy(), DataFileHeader.LENGTH, record.bytes())) {
			EntryScanner scanner = new EntryScanner(in, record.name(), DataFileHeader.LENGTH, record.bytes());
			long expected = input.liveEntries();
			try {
				while (scanner.next()) {
					if (scanner.isReserved()) {
						continue;
					}
					if (scanner.isTombstone()) {
						carryOver(run, scanner, record.number(), others);
					}
					else if (isLive(run, scanner, record.number())) {
						write(run, scanner);
						run.entries++;
						live++;
					}
				}
				if (live < liveEntries(input)) {
					throw new CorruptDataException(
							record.name() + " has " + live + " live entries, but the index has more in it");
				}
			}
			catch (CorruptDataException ex) {
				// The reference leaves torn tails behind what its index knows: no loss.
				if (record.sealed() || live < expected) {
					throw new CorruptDataException("Compaction stopped, nothing was changed: " + ex.getMessage()
							+ ". verify() lists all damage", ex);
				}
				logger.warn("What follows is left behind, no key refers to it: {}", ex.getMessage());
			}
		}
		catch (io.s4db.store.ObjectNotFoundException ex) {
			throw new S4DBException(record.name() + " is not in the store. Compaction stopped, nothing was changed",
					ex);
		}
		run.read += record.bytes();
		progress.onProgress(run.read, run.inputBytes());
	}

	/** Those of which it was not seen yet that they are not live any more. */
	private long liveEntries(DataFile file) {
		this.database.structure.readLock().lock();
		try {
			return file.liveEntries();
		}
		finally {
			this.database.structure.readLock().unlock();
		}
	}

	/** Rules K2: live in committed state, whatever is pending above it. */
	private boolean isLive(Run run, EntryScanner scanner, long number) {
		if (run.early != null) {
			return run.early.contains(new Location(number, scanner.offset(), scanner.length(), false));
		}
		Location location = locate(scanner);
		return location != null && location.file() == number && location.offset() == scanner.offset();
	}

	private @Nullable Location locate(EntryScanner scanner) {
		if (!this.rules.keep(Rule.K2_COMMITTED_STATE)) {
			Found found = this.database.layers()
				.find(scanner.buffer(), scanner.keyOffset(), scanner.keyLength(),
						this.database.hash(scanner.buffer(), scanner.keyOffset(), scanner.keyLength()));
			return (found == null || found.pending()) ? null : found.location();
		}
		return this.database.committed().index().get(scanner.buffer(), scanner.keyOffset(), scanner.keyLength());
	}

	/** Rule K3. */
	private void carryOver(Run run, EntryScanner scanner, long number, NumberRanges others) throws IOException {
		boolean older = !others.isEmpty() && others.first() < number;
		if (older && locate(scanner) == null && this.rules.keep(Rule.K3_TOMBSTONES)) {
			write(run, scanner);
			run.tombstones++;
		}
	}

	private void write(Run run, EntryScanner scanner) throws IOException {
		CompactionOutput output = run.outputs.isEmpty() ? null : last(run);
		boolean full = output != null && output.entries() > 0
				&& output.length() + scanner.length() > this.database.options.maxFileSize();
		boolean more = output != null && output.number() < run.reservation.files().last();
		if (output == null || (full && (more || !this.rules.keep(Rule.K1_NO_MORE_NUMBERS)))) {
			if (output != null) {
				output.seal(this.database.newId());
			}
			long number = (output != null) ? output.number() + 1 : run.reservation.files().first();
			LocalDirectory directory = this.database.local.orCreate();
			output = new CompactionOutput(number, directory.temporaryPath("compaction_" + number));
			run.outputs.add(output);
		}
		output.write(scanner.buffer(), scanner.bufferOffset(), scanner.length());
	}

	private static CompactionOutput last(Run run) {
		return run.outputs.get(run.outputs.size() - 1);
	}

	/** Rule K4. */
	private void finish(Run run) {
		this.database.commitLock.lock();
		try {
			LocalDirectory directory = this.database.local.orCreate();
			List<FileRecord> records = run.outputs.stream().map(CompactionOutput::record).toList();
			NumberRanges used = NumberRanges.of(records.stream().map(FileRecord::number).toList());
			Manifest written = this.commits.replaceManifest((current, draft) -> {
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
				if (this.rules.keep(Rule.K4_INPUTS_ARE_OBSOLETE)) {
					draft.obsolete(run.inputNumbers(), List.of());
				}
				return draft.endReservation(standing, used)
					.append(LogItem.compaction(draft.seq(), draft.commit(), records, run.inputNumbers()))
					.mark(run.reservation.writer(), 0, run.number);
			});
			if (written != null) {
				apply(run, directory, written, records);
			}
			else {
				removeOutputs(run);
			}
			if (this.commits.checkpoint()) {
				this.commits.recordCheckpoint();
			}
			new Eviction(this.database).evict();
		}
		catch (RuntimeException ex) {
			removeOutputs(run);
			throw ex;
		}
		finally {
			this.database.commitLock.unlock();
		}
	}

	private void apply(Run run, LocalDirectory directory, Manifest written, List<FileRecord> records) {
		CommittedState state = this.database.committed();
		for (CompactionOutput output : run.outputs) {
			FileRecord record = output.record();
			DataFile file = state.addFile(record);
			try {
				file.copy(directory.installCopy(output.path(), record.number()));
			}
			catch (IOException ex) {
				logger.warn("{} is committed, but no copy is kept: {}", record.name(), ex.getMessage());
			}
		}
		this.following.apply(LogItem.compaction(written.seq(), written.commit(), records, run.inputNumbers()));
	}

	private void giveUp(Run run) {
		removeOutputs(run);
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

	private static void removeOutputs(Run run) {
		for (CompactionOutput output : run.outputs) {
			try {
				output.discard();
			}
			catch (IOException ex) {
				logger.debug("{} was not removed", output.path(), ex);
			}
		}
	}

	/** Whether this process compacts right now. */
	boolean isRunning() {
		return this.current != null;
	}

	/** All numbers that were reserved had been used by others. */
	private static final class NumbersTakenException extends S4DBException {

		private static final long serialVersionUID = 1L;

		private NumbersTakenException(String message) {
			super(message);
		}

	}

}
