package io.s4db.engine.upkeep;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.s4db.CorruptDataException;
import io.s4db.Finding;
import io.s4db.ProgressListener;
import io.s4db.S4DBException;
import io.s4db.UnsupportedFormatException;
import io.s4db.VerifyReport;
import io.s4db.engine.compact.Orphans;
import io.s4db.engine.follow.Following;
import io.s4db.engine.follow.ManifestFile;
import io.s4db.engine.read.DataFileReader;
import io.s4db.engine.read.PrefetchedInput;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.engine.state.Progress;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryScanner;
import io.s4db.format.FileRecord;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Base;
import io.s4db.index.Location;
import io.s4db.local.LocalFile;
import io.s4db.local.PendingFile;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything and says what is wrong: every committed data file in the store and its
 * local copy, every pending file, the index against them and they against the index,
 * orphans. Changes nothing.
 *
 * <p>
 * The commit lock is held to look at what there is, then to judge, never while data files
 * are read: commits, refreshes and compactions go on meanwhile. So reading gives
 * suspicions only. Where there are any, the manifest is looked at again in the end, and
 * under the lock each is held against the state as it is then:
 * <ul>
 * <li>A data file is judged if it still is a committed file, the same one: else it was
 * compacted away, by this process or another, and may be deleted by now.
 * <li>A copy is judged if it still is the file's copy: else it went with the file, or was
 * evicted.
 * <li>A pending file is judged if it still is pending: a commit closes it.
 * <li>A place in the index is judged if its key is still there: else it was put again,
 * deleted or moved.
 * <li>An object that nothing accounted for is an orphan if nothing does now: else the
 * commit that it belongs to was under way.
 * </ul>
 * The index is compared after files were read, not entry by entry while they are: a data
 * file never changes, so what the index says of one that was read, at whatever moment,
 * must be among what was read. Entries that die meanwhile, and files that are added, make
 * no difference.
 *
 * <p>
 * Files are compared with the index as they are read, see {@link NewestEntries}.
 *
 * <p>
 * Memory: a few ranges for each thread that reads; 16 bytes for each put of the files
 * that are to be compared next: 16 MiB or two bytes for each key of the database, and
 * those of the files that are being read; and what the index has for a key for each one
 * that it does not know though it is in a data file. Those are keys that were deleted and
 * not compacted away so far: what a rebuild takes for all others.
 */
public final class Verification {

	private static final String NEXT_BASE = "index.idx is read in its place; a commit and checkpoint() make the next";

	private final Database database;

	private final PendingWrites pending;

	private final Following following;

	private final ManifestFile manifestFile;

	private final DataFileReader files;

	private final Orphans orphans;

	private final NewestEntries newest;

	private final Queue<Suspicion> suspicions = new ConcurrentLinkedQueue<>();

	/**
	 * Files and copies that were read, and not compared with the index so far. Guarded by
	 * this, as what follows.
	 */
	private final List<Read> read = new ArrayList<>();

	private long entriesRead;

	private final LongAdder entries = new LongAdder();

	private final LongAdder bytes = new LongAdder();

	public Verification(Database database, PendingWrites pending, Following following, ManifestFile manifestFile) {
		this.database = database;
		this.pending = pending;
		this.following = following;
		this.manifestFile = manifestFile;
		this.files = new DataFileReader(this.database);
		this.orphans = new Orphans(this.database);
		this.newest = new NewestEntries(this.database, this.files);
	}

	/**
	 * What there is to read, as of one moment.
	 *
	 * @param unaccounted tells what is an orphan; null without a manifest
	 * @param base what the manifest names
	 */
	private record Plan(List<DataFile> files, List<PendingFile> pending, @Nullable Predicate<ObjectInfo> unaccounted,
			@Nullable Base base) {
	}

	/**
	 * What is wrong, if it stands.
	 *
	 * @param stands whether it is about something that still is what it was; asked under
	 * the commit lock
	 */
	private record Suspicion(Finding finding, BooleanSupplier stands) {
	}

	/**
	 * An object, a copy or a pending file, to be read.
	 *
	 * @param name its name in findings
	 * @param current whether it still is what it was
	 */
	private record Subject(String name, BooleanSupplier current) {
	}

	/**
	 * A data file, or copy, that was read.
	 */
	private record Read(Subject subject, long number, ReadEntries entries) {
	}

	/**
	 * How far something could be read.
	 *
	 * @param entries how many entries are in it
	 * @param ended whether it was read to its end
	 * @param damaged whether a part of it had to be passed over
	 */
	private record Scanned(long entries, boolean ended, boolean damaged) {

		private static final Scanned NOTHING = new Scanned(0, false, false);

		private boolean whole() {
			return this.ended && !this.damaged;
		}

	}

	/** Takes the commit lock itself. */
	public VerifyReport verify(ProgressListener progress) {
		Instant started = this.database.now();
		Plan plan = this.database.underCommitLock(this::plan);
		long total = plan.files()
			.stream()
			.mapToLong((file) -> file.record().bytes() * ((file.copy() != null) ? 2 : 1))
			.sum();
		Progress done = new Progress(progress, total);
		this.database.io.map(this.database.threads(), plan.files(), (file) -> {
			verify(file, done);
			return file;
		});
		compareWithIndex();
		plan.pending().forEach(this::verify);
		if (plan.base() != null) {
			verify(plan.base());
		}
		List<ObjectInfo> unaccounted = (plan.unaccounted() != null)
				? this.orphans.find(plan.unaccounted().or(Orphans::isUnknown), plan.base() != null) : List.of();
		return judge(plan, unaccounted, started);
	}

	private Plan plan() {
		follow();
		Manifest manifest = this.manifestFile.manifest();
		return new Plan(this.database.committed().files(), this.pending.pendingFiles(),
				(manifest != null) ? this.orphans.unaccounted(manifest) : null,
				(manifest != null && !this.following.rebuilt()) ? manifest.base() : null);
	}

	/** Or files that others made obsolete long ago would seem to be missing. */
	private void follow() {
		if (!this.following.rebuilt()) {
			this.following.refresh();
			// Every entry is looked up.
			this.following.whole();
		}
	}

	private VerifyReport judge(Plan plan, List<ObjectInfo> unaccounted, Instant started) {
		List<Finding> findings = new ArrayList<>();
		List<Finding> notes = new ArrayList<>();
		if (!this.suspicions.isEmpty() || !unaccounted.isEmpty()) {
			this.database.underCommitLock(() -> {
				follow();
				this.suspicions.stream()
					.filter((one) -> one.stands().getAsBoolean())
					.forEach((one) -> findings.add(one.finding()));
				unaccounted.stream()
					.filter(Orphans::isUnknown)
					.forEach((object) -> notes.add(new Finding(object.name(), -1, "a data file by its name, but of a"
							+ " name that is not known: it is no part of this database. If a later version of the"
							+ " reference writes here, go on with that alone; if not, move it away")));
				Manifest manifest = this.manifestFile.manifest();
				if (manifest != null) {
					unaccounted.stream()
						.filter(this.orphans.unaccounted(manifest))
						.forEach((orphan) -> notes.add(new Finding(orphan.name(), -1,
								"an orphan of " + orphan.size() + " bytes: compact() deletes it once it is old")));
				}
				return findings;
			});
		}
		findings.addAll(this.newest.findings(this::follow));
		findings.sort(Comparator.comparing(Finding::object).thenComparingLong(Finding::offset));
		return new VerifyReport(plan.files().size(), this.entries.sum(), this.bytes.sum(), findings, notes,
				Duration.between(started, this.database.now()));
	}

	private void suspect(Subject subject, long offset, @Nullable String problem) {
		this.suspicions
			.add(new Suspicion(new Finding(subject.name(), offset, String.valueOf(problem)), subject.current()));
	}

	private void verify(DataFile file, Progress done) {
		FileRecord record = file.record();
		LocalFile copy = file.copy();
		Subject object = new Subject(record.name(), () -> file.isIn(this.database.committed()));
		Scanned inStore = Scanned.NOTHING;
		Scanned inCopy = Scanned.NOTHING;
		try {
			inStore = verify(object, file, null, true);
			done.add(record.bytes());
			if (copy != null) {
				inCopy = verify(new Subject(copy.path().toString(), () -> isCopy(file, copy)), file, copy,
						!inStore.whole());
				done.add(record.bytes());
			}
		}
		catch (ObjectNotFoundException ex) {
			suspect(object, -1, "it is not in the store");
		}
		catch (CorruptDataException ex) {
			suspect(object, -1, ex.getMessage());
		}
		this.entries.add(Math.max(inStore.entries(), inCopy.entries()));
		this.newest.wasRead(file, inStore.whole() || inCopy.whole());
	}

	/** Who opens reads it, and nobody else does. */
	private void verify(Base base) {
		Subject subject = new Subject(base.object(), () -> isNamed(base));
		try (PrefetchedInput in = new PrefetchedInput(this.database, base.object(), 0, base.bytes(),
				this.database.options.readParallelism())) {
			IndexTrailer trailer = new IndexReader(in, base.object())
				.read((buffer, keyOffset, keyLength, file, offset, length) -> {
				});
			if (trailer == null || trailer.seq() != base.seq() || !trailer.commit().equals(base.commit())) {
				suspect(subject, -1, "it is not the state that the manifest says. " + NEXT_BASE);
			}
		}
		catch (ObjectNotFoundException ex) {
			suspect(subject, -1, "it is not in the store. " + NEXT_BASE);
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			suspect(subject, -1, ex.getMessage() + ". " + NEXT_BASE);
		}
		catch (IOException ex) {
			suspect(subject, -1, "it could not be read: " + ex.getMessage());
		}
	}

	private boolean isNamed(Base base) {
		Manifest now = this.manifestFile.manifest();
		return now != null && base.equals(now.base());
	}

	private boolean isCopy(DataFile file, LocalFile copy) {
		DataFile now = this.database.committed().file(file.number());
		return now != null && now.copy() == copy;
	}

	private void verify(PendingFile file) {
		long length = file.length();
		Scanned scanned = scan(
				new Subject(file.file().path().getFileName().toString(),
						() -> this.pending.file(file.number()) == file.file()),
				file.file().stream(DataFileHeader.LENGTH, length), length, null, null);
		this.entries.add(scanned.entries());
	}

	/**
	 * Reads an object or a copy.
	 * @param compared whether the index is to have its entries
	 */
	private Scanned verify(Subject subject, DataFile file, @Nullable LocalFile copy, boolean compared) {
		FileRecord record = file.record();
		if (copy == null) {
			ObjectInfo info = this.database.store.head(record.name());
			if (info == null) {
				suspect(subject, -1, "it is not in the store");
				return Scanned.NOTHING;
			}
			if (info.size() != record.bytes()) {
				suspect(subject, -1, "it has " + info.size() + " bytes, but was committed with " + record.bytes());
			}
		}
		byte[] header = new byte[DataFileHeader.LENGTH];
		if (copy == null || !copy.read(0, header, 0, header.length)) {
			header = this.database.store.getRange(record.name(), 0, DataFileHeader.LENGTH);
		}
		try {
			DataFileReader.checkHeader(header, record);
		}
		catch (S4DBException ex) {
			suspect(subject, 0, ex.getMessage());
		}
		if (record.sealed()) {
			try {
				this.files.footer(record, copy);
			}
			catch (CorruptDataException ex) {
				suspect(subject, record.dataEnd(), ex.getMessage());
			}
		}
		ReadEntries found = new ReadEntries();
		try (InputStream in = this.files.open(record, copy, DataFileHeader.LENGTH, record.dataEnd())) {
			Scanned scanned = scan(subject, in, record.dataEnd(), found, compared ? file : null);
			if (scanned.ended()) {
				compareSoon(new Read(subject, file.number(), found));
			}
			return scanned;
		}
		catch (IOException ex) {
			suspect(subject, -1, "it could not be read: " + ex.getMessage());
			return Scanned.NOTHING;
		}
	}

	private synchronized void compareSoon(Read whole) {
		this.read.add(whole);
		this.entriesRead += whole.entries().count();
		if (this.entriesRead > Math.max(1 << 20, this.database.committed().index().size() / 8)) {
			compareWithIndex();
		}
	}

	/**
	 * Reads entries.
	 * @param found gets the puts that are whole; null where that does not matter
	 * @param file what the entries up to a damage are of, which the index is to have;
	 * null if it need not
	 */
	private Scanned scan(Subject subject, InputStream in, long limit, @Nullable ReadEntries found,
			@Nullable DataFile file) {
		EntryScanner scanner = new EntryScanner(in, subject.name(), DataFileHeader.LENGTH, limit);
		long count = 0;
		boolean ended = false;
		boolean damaged = false;
		try {
			while (!ended) {
				try {
					ended = !scanner.next();
				}
				catch (CorruptDataException ex) {
					damaged = true;
					ended = !pass(scanner, subject, limit, ex);
				}
				if (!ended) {
					IoPool.checkInterrupted();
					this.database.operations.checkOpen();
					count++;
					check(scanner, subject, found, damaged ? null : file);
				}
			}
		}
		catch (IOException ex) {
			suspect(subject, scanner.offset(), "it could not be read further: " + ex.getMessage());
		}
		this.bytes.add(limit);
		return new Scanned(count, ended, damaged);
	}

	/** Goes on behind what is damaged. */
	private boolean pass(EntryScanner scanner, Subject subject, long limit, CorruptDataException damage)
			throws IOException {
		long from = scanner.offset();
		boolean more = scanner.resync();
		suspect(subject, from,
				(more ? scanner.offset() - from : limit - from) + " bytes are damaged: " + damage.getMessage());
		return more;
	}

	private void check(EntryScanner entry, Subject subject, @Nullable ReadEntries found, @Nullable DataFile file) {
		if (entry.isReserved()) {
			return;
		}
		if (!entry.isTombstone()) {
			checkValue(entry, subject);
			if (found != null) {
				found.add(entry.offset(), this.database.hash(entry.buffer(), entry.keyOffset(), entry.keyLength()));
			}
		}
		if (file != null) {
			this.newest.see(file, entry);
		}
	}

	private void checkValue(EntryScanner scanner, Subject subject) {
		try {
			scanner.value();
		}
		catch (CorruptDataException ex) {
			suspect(subject, scanner.offset(), ex.getMessage());
		}
	}

	/**
	 * Looks for places in the index where what was read has no entry of that key. One
	 * pass over the index.
	 */
	private synchronized void compareWithIndex() {
		Map<Long, List<Read>> byNumber = new HashMap<>();
		this.read.stream()
			.filter((one) -> one.subject().current().getAsBoolean())
			.forEach((one) -> byNumber.computeIfAbsent(one.number(), (number) -> new ArrayList<>()).add(one));
		if (!byNumber.isEmpty()) {
			this.database.committed()
				.index()
				.forEach((buffer, keyOffset, keyLength, hash, number, offset, length, tombstone) -> {
					for (Read one : byNumber.getOrDefault(number, List.of())) {
						if (!one.entries().has(offset, hash)) {
							suspectPlace(one, Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength), offset);
						}
					}
				});
		}
		this.read.clear();
		this.entriesRead = 0;
	}

	private void suspectPlace(Read read, byte[] key, long offset) {
		Finding finding = new Finding(read.subject().name(), offset,
				"the entry of the key \"" + new String(key, 0, Math.min(key.length, 200), StandardCharsets.UTF_8)
						+ "\" is not there, or damaged");
		this.suspicions.add(new Suspicion(finding, () -> {
			Location now = this.database.committed().index().get(key);
			return now != null && now.file() == read.number() && now.offset() == offset
					&& read.subject().current().getAsBoolean();
		}));
	}

}
