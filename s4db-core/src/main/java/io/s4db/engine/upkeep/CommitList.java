package io.s4db.engine.upkeep;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.s4db.Change;
import io.s4db.CommitSummary;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.follow.ManifestFile;
import io.s4db.engine.follow.Replay;
import io.s4db.engine.listen.ChangedKeys;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.LogItem;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * The commits, as far as they can still be told: those of the manifest's log, and before
 * them the data files that others left. When they were made only the store knows: it is
 * asked once for each, since what was committed never changes.
 */
public final class CommitList {

	/** So many times are remembered. */
	private static final int MOST_TIMES = 10_000;

	private final Database database;

	private final ManifestFile manifestFile;

	private final Replay replay;

	private final Cache<Written, Instant> times = Caffeine.newBuilder()
		.maximumSize(MOST_TIMES)
		.executor(Runnable::run)
		.build();

	public CommitList(Database database, ManifestFile manifestFile) {
		this.database = database;
		this.manifestFile = manifestFile;
		this.replay = new Replay(database);
	}

	/**
	 * An object that a commit wrote. Another history may have others under the same
	 * names.
	 *
	 * @param name its name
	 * @param id a data file's UUID
	 * @param bytes a data file's size
	 */
	private record Written(String name, @Nullable UUID id, long bytes) {

		private static Written of(FileRecord file) {
			return new Written(file.name(), file.id(), file.bytes());
		}

	}

	/** A commit, and the object that tells when it was made. */
	private record Told(CommitSummary summary, @Nullable Written object) {
	}

	/** The last ones, newest first. */
	public List<CommitSummary> last(int limit) {
		List<Told> all = new ArrayList<>();
		Manifest manifest = this.manifestFile.manifest();
		List<LogItem> log = (manifest != null) ? manifest.log() : List.of();
		Set<Long> told = new HashSet<>();
		for (int i = log.size() - 1; i >= 0 && all.size() < limit; i--) {
			all.add(told(log.get(i), writer(manifest, log.get(i))));
		}
		log.forEach((item) -> item.files().forEach((file) -> told.add(file.number())));
		this.database.committed()
			.files()
			.stream()
			.filter((file) -> !told.contains(file.number()))
			.sorted(Comparator.comparingLong(DataFile::number).reversed())
			.limit(Math.max(0, limit - all.size()))
			.forEach((file) -> all.add(told(file.record())));
		return this.database.io.map(this.database.options.readParallelism(), all, this::withTime);
	}

	private static Told told(LogItem item, @Nullable UUID writer) {
		List<FileRecord> files = item.files();
		Written object = (item.object() != null) ? new Written(item.objectName(), null, 0)
				: files.isEmpty() ? null : Written.of(files.get(files.size() - 1));
		boolean known = files.stream().allMatch(FileRecord::sealed);
		return new Told(new CommitSummary(kind(item), item.seq(), item.commit(), writer, null,
				files.stream().map(FileRecord::number).toList(), known ? item.entries() : -1,
				files.stream().mapToLong(FileRecord::bytes).sum()), object);
	}

	private static CommitSummary.Kind kind(LogItem item) {
		return switch (item.kind()) {
			case APPEND -> CommitSummary.Kind.CHANGE;
			case COMPACTION -> CommitSummary.Kind.COMPACTION;
			case DELTA -> CommitSummary.Kind.SEVERAL;
			case REBUILD -> CommitSummary.Kind.REBUILD;
		};
	}

	private static Told told(FileRecord file) {
		return new Told(new CommitSummary(CommitSummary.Kind.FILE, 0, null, null, null, List.of(file.number()),
				file.sealed() ? file.entries() : -1, file.bytes()), Written.of(file));
	}

	private static @Nullable UUID writer(@Nullable Manifest manifest, LogItem item) {
		return (manifest == null) ? null
				: manifest.writers()
					.entrySet()
					.stream()
					.filter((entry) -> entry.getValue().seq() == item.seq())
					.map(Map.Entry::getKey)
					.findFirst()
					.orElse(null);
	}

	private CommitSummary withTime(Told told) {
		CommitSummary summary = told.summary();
		return new CommitSummary(summary.kind(), summary.seq(), summary.commit(), summary.writer(),
				(told.object() != null) ? time(told.object()) : null, summary.dataFiles(), summary.entries(),
				summary.bytes());
	}

	private @Nullable Instant time(Written object) {
		Instant time = this.times.getIfPresent(object);
		if (time == null) {
			time = ask(object.name());
			if (time != null) {
				this.times.put(object, time);
			}
		}
		return time;
	}

	private @Nullable Instant ask(String name) {
		try {
			ObjectInfo info = this.database.store.head(name);
			return (info != null) ? info.lastModified() : null;
		}
		catch (StoreUnavailableException ex) {
			// What is known is told all the same.
			return null;
		}
	}

	/** When a data file was written; null if the store does not say. */
	@Nullable Instant time(FileRecord file) {
		return time(Written.of(file));
	}

	/** The commit that wrote a data file; 0 if the log does not reach back to it. */
	long seqOf(long file) {
		Manifest manifest = this.manifestFile.manifest();
		for (LogItem item : (manifest != null) ? manifest.log() : List.<LogItem>of()) {
			if (item.files().stream().anyMatch((one) -> one.number() == file)) {
				return item.seq();
			}
		}
		return 0;
	}

	/** The keys of a commit's entries. */
	public Change changes(CommitSummary commit) {
		Change unknown = Change.ofEverything(commit.seq(), commit.seq(), commit.commit());
		CommittedState state = this.database.committed();
		LogItem item = item(commit, state);
		if (item == null) {
			return unknown;
		}
		ChangedKeys keys = new ChangedKeys(this.database.newIndex());
		if (item.kind() != Manifest.Kind.COMPACTION) {
			try {
				keys.addAll(this.replay.changes(item, state).keys());
			}
			catch (ObjectNotFoundException ex) {
				// A compaction took its place meanwhile.
				return unknown;
			}
		}
		return new Change(commit.seq(), commit.seq(), commit.commit(), keys.put(), keys.deleted(), false, true);
	}

	/** What brought its entries; null if that is not there any more. */
	private @Nullable LogItem item(CommitSummary commit, CommittedState state) {
		if (commit.kind() != CommitSummary.Kind.FILE) {
			Manifest manifest = this.manifestFile.manifest();
			List<LogItem> log = (manifest != null) ? manifest.log() : List.of();
			return log.stream()
				.filter((one) -> one.commit().equals(commit.commit()) && one.kind() != Manifest.Kind.REBUILD)
				.findFirst()
				.orElse(null);
		}
		DataFile file = state.file(commit.dataFiles().get(0));
		return (file != null) ? LogItem.append(0, new UUID(0, 0), List.of(file.record())) : null;
	}

}
