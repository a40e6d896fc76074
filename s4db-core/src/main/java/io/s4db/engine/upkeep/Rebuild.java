package io.s4db.engine.upkeep;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.s4db.CorruptDataException;
import io.s4db.Finding;
import io.s4db.ProgressListener;
import io.s4db.RebuildResult;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.follow.CheckpointFile;
import io.s4db.engine.follow.DataFileReplay;
import io.s4db.engine.follow.DataObjects;
import io.s4db.engine.follow.Following;
import io.s4db.engine.follow.ManifestFile;
import io.s4db.engine.follow.RebuiltState;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.format.FileRecord;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.local.LocalDirectory;
import io.s4db.local.LocalFile;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a new index from the data files, also where index and manifest are lost or
 * damaged. A manifest that can be read excludes what it says is obsolete, reserved or not
 * committed. Nothing in the store is changed before the next commit. Under the commit
 * lock.
 */
public final class Rebuild {

	private static final Logger logger = LoggerFactory.getLogger(Rebuild.class);

	private final Database database;

	private final ManifestFile manifestFile;

	private final Following following;

	private final CheckpointFile checkpointFile;

	public Rebuild(Database database, ManifestFile manifestFile, Following following, CheckpointFile checkpointFile) {
		this.database = database;
		this.manifestFile = manifestFile;
		this.following = following;
		this.checkpointFile = checkpointFile;
	}

	/**
	 * Makes it.
	 * @param confirm whether to ask for each file that a listing shows if it is there
	 */
	public RebuildResult rebuild(ProgressListener progress, boolean confirm) {
		Instant started = this.database.now();
		List<Finding> findings = new ArrayList<>();
		Manifest before = this.manifestFile.manifest();
		// Before the manifest: else a commit in between would make that look older.
		LaterFormat laterFormat = new LaterFormat(this.database);
		Checkpoint index = indexThere();
		laterFormat.checkIndex(index);
		StoredObject object = readManifest(findings);
		Manifest found = (object != null) ? parse(object, findings) : null;
		this.following.checkHistory(found);
		this.following.checkStillWriter(found);
		Manifest manifest = (found != null && !isOlder(found, index, findings)) ? found : null;
		long seenSeq = Math.max((before != null) ? before.seq() : 0,
				(manifest != null) ? manifest.seq() : seenSeq(found, index));
		LocalDirectory directory = this.database.local.directory();
		if (directory != null) {
			// Its own writer takes no manifest that is older than what it has seen.
			seenSeq = Math.max(seenSeq, directory.writer().seenLast());
		}
		long seenEpoch = Math.max((before != null) ? before.epoch() : 0, (found != null) ? found.epoch() : 0);
		DataObjects listed = DataObjects.list(this.database);
		laterFormat.add(listed.strays(), findings);
		Map<Long, Long> sizes = listed.sizes();
		LostFiles lostFiles = new LostFiles(this.database);
		if (confirm) {
			lostFiles.removeGone(sizes);
		}
		lostFiles.findUnlisted(manifest, sizes, findings);
		Map<Long, LocalFile> copies = new HashMap<>();
		for (DataFile file : this.database.committed().files()) {
			LocalFile copy = file.copy();
			if (copy != null && sizes.containsKey(file.number())) {
				copies.put(file.number(), copy);
			}
		}
		DataFileReplay replay = new DataFileReplay(this.database);
		// The own state may be behind the manifest: what others compacted away is not in.
		NumberRanges known = (manifest != null) ? this.database.committed().numbers().minus(manifest.obsoleteFiles())
				: this.database.committed().numbers();
		CommittedState state = replay.replay(sizes, copies,
				(record) -> manifest == null || known.contains(record.number()) || counts(record, manifest, findings),
				progress);
		findings.addAll(replay.findings());
		laterFormat.add(replay.laterFormat(), new ArrayList<>());
		laterFormat.checkIsOurs(found != null || index != null, state);
		if (manifest != null) {
			findLostFooters(manifest, state, findings);
		}
		NumberRanges lost = lostFiles.find(manifest, NumberRanges.of(sizes.keySet()), findings);
		checkFound(state, replay.wanted() + lost.count(), object, findings);
		findings.forEach((finding) -> logger.warn("Rebuild: {}", finding));
		state.reached((manifest != null) ? manifest.stateSeq() : seenSeq, null);
		long highest = sizes.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
		RebuiltState rebuilt = new RebuiltState(seenSeq, seenEpoch, highest + 1, leftOut(manifest, state, sizes),
				manifest == null);
		// Only now: had it failed on the way, the manifest would be taken for applied.
		this.manifestFile.advance(found, (object != null) ? object.eTag() : null, () -> {
			this.following.rebuiltState(rebuilt);
			lost.forEach(this::keepCopy);
			this.following.replace(state);
			this.following.settleOwnCommits(found);
			this.following.foreignTakenOver();
			this.checkpointFile.seen(index);
		});
		return new RebuildResult(state.files().size(), replay.entries(), state.index().size(), findings,
				Duration.between(started, this.database.now()));
	}

	/** The last copy there is: what replaces the state would delete it. */
	private void keepCopy(long number) {
		DataFile file = this.database.committed().file(number);
		LocalFile copy = (file != null) ? file.copy() : null;
		LocalDirectory directory = this.database.local.directory();
		if (file != null && copy != null && directory != null) {
			file.copy(null);
			directory.copies().setAside(copy, "it is not in the store any more");
		}
	}

	/**
	 * Whether an older manifest was put back beside a newer index: what it does not know
	 * may have been committed after it.
	 */
	private static boolean isOlder(Manifest manifest, @Nullable Checkpoint index, List<Finding> findings) {
		if (index == null || index.seq() <= manifest.seq()) {
			return false;
		}
		findings.add(new Finding(StoreLayout.MANIFEST, -1,
				"it is of commit " + manifest.seq() + " and older than " + StoreLayout.INDEX + ", which is of commit "
						+ index.seq() + ": every data file in the store counts as committed"));
		return true;
	}

	/** Where there is something, a database without anything is no answer. */
	private void checkFound(CommittedState state, long wanted, @Nullable StoredObject manifest,
			List<Finding> findings) {
		if (wanted > 0 && state.files().isEmpty()) {
			if (isReplaced(manifest)) {
				// What it misses was committed after it had listed what there is.
				throw Following.overtaken();
			}
			throw new CorruptDataException("None of the " + wanted + " data files that should be in "
					+ this.database.store.description()
					+ " can be read, so no index can be made of them, and nothing was" + " changed: "
					+ findings.stream()
						.limit(3)
						.map(Finding::toString)
						.collect(java.util.stream.Collectors.joining("; "))
					+ ". If all files are affected, the store gives other bytes than it was given: see"
					+ " spring.cloud.aws.s3.chunked-encoding-enabled. Put the files back, or begin anew in an empty place");
		}
	}

	private boolean isReplaced(@Nullable StoredObject manifest) {
		ObjectInfo now = this.database.store.head(StoreLayout.MANIFEST);
		return !Objects.equals((manifest != null) ? manifest.eTag() : null, (now != null) ? now.eTag() : null);
	}

	private @Nullable StoredObject readManifest(List<Finding> findings) {
		try {
			return this.database.store.get(StoreLayout.MANIFEST);
		}
		catch (ObjectNotFoundException ex) {
			findings.add(new Finding(StoreLayout.MANIFEST, -1,
					"it is not there: every data file in the store counts as committed"));
			return null;
		}
	}

	private static @Nullable Manifest parse(StoredObject object, List<Finding> findings) {
		try {
			return ManifestJson.read(object.bytes());
		}
		catch (CorruptDataException ex) {
			findings.add(new Finding(StoreLayout.MANIFEST, -1,
					"every data file in the store counts as committed: " + ex.getMessage()));
			return null;
		}
	}

	/** The highest sequence number that other objects speak of. */
	private long seenSeq(@Nullable Manifest manifest, @Nullable Checkpoint index) {
		long seen = Math.max((manifest != null) ? manifest.seq() : 0, (index != null) ? index.seq() : 0);
		boolean based = manifest == null || manifest.base() != null;
		for (String prefix : StoreLayout.statePrefixes(based)) {
			try (Stream<ObjectInfo> objects = this.database.store.list(prefix)) {
				for (ObjectInfo object : objects.toList()) {
					seen = Math.max(seen, StoreLayout.stateSeq(object.name()).orElse(0));
					seen = Math.max(seen, StoreLayout.baseSeq(object.name()).orElse(0));
				}
			}
		}
		return seen;
	}

	private @Nullable Checkpoint indexThere() {
		ObjectInfo info = this.database.store.head(StoreLayout.INDEX);
		if (info == null) {
			return null;
		}
		try {
			IndexTrailer.End end = IndexReader.end(
					this.database.store.getTail(StoreLayout.INDEX, IndexTrailer.END_LENGTH).bytes(), StoreLayout.INDEX);
			// Without a commit it is replaced whatever it covers.
			return new Checkpoint((end != null && end.seq() >= 0 && end.seq() < 1L << 53) ? end.seq() : 0, null,
					info.eTag(), info.size());
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			return new Checkpoint(0, null, info.eTag(), info.size());
		}
	}

	/**
	 * A file that was cut off at the end of an entry is whole by what is left of it: that
	 * it was sealed is known to the manifest alone.
	 */
	private static void findLostFooters(Manifest manifest, CommittedState state, List<Finding> findings) {
		manifest.files().minus(manifest.foreign()).forEach((number) -> {
			DataFile file = state.file(number);
			if (file != null && !file.record().sealed()
					&& findings.stream().noneMatch((one) -> one.object().equals(file.record().name()))) {
				findings.add(new Finding(file.record().name(), file.record().bytes(),
						"the manifest says that it was sealed, but it has no footer: what came after this is lost,"
								+ " unless the reference wrote it anew"));
			}
		});
	}

	/** Whether a file that the own state does not know counts as committed. */
	private static boolean counts(FileRecord record, Manifest manifest, List<Finding> findings) {
		long number = record.number();
		boolean foreign = !record.sealed() && !manifest.foreign().contains(number);
		if (foreign) {
			// The reference knows no manifest, and may take numbers that we gave up.
			if (manifest.obsoleteFiles().contains(number)) {
				findings.add(new Finding(record.name(), -1, "it is obsolete by the manifest, but counts as written by"
						+ " the reference, since it has no footer. If it was damaged, it may bring back old values"));
			}
			return true;
		}
		if (number >= manifest.next()) {
			findings.add(new Finding(record.name(), -1, "it was uploaded but never committed, and is left out"));
			return false;
		}
		return manifest.files().contains(number);
	}

	/**
	 * Numbers below next that no list would account for after the rebuild: of files that
	 * are there, or were said to be live.
	 */
	private static NumberRanges leftOut(@Nullable Manifest manifest, CommittedState state, Map<Long, Long> sizes) {
		if (manifest == null) {
			return NumberRanges.EMPTY;
		}
		return NumberRanges.of(sizes.keySet().stream().filter((number) -> number < manifest.next()).toList())
			.plus(manifest.files())
			.minus(state.numbers())
			.minus(manifest.obsoleteFiles())
			.minus(manifest.reservedFiles());
	}

}
