package io.s4db.spring.actuate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import io.s4db.CompactionPolicy;
import io.s4db.ProgressListener;
import io.s4db.S4DB;
import io.s4db.S4DBStats;
import io.s4db.UploadScope;
import io.s4db.VerifyReport;
import io.s4db.spring.runtime.ManagedDatabase;
import org.jspecify.annotations.Nullable;

/**
 * What can be done through the endpoint.
 */
public enum Action {

	/** Rewrites every data file without its garbage. */
	COMPACT,

	/** The same, in the order of keys. */
	COMPACT_SORTED,

	/** Commits what is pending. */
	UPLOAD,

	/** Sends every local data file again whose object is missing or differs. */
	UPLOAD_ALL,

	/** Makes every live data file local. */
	DOWNLOAD,

	/** Follows other writers. */
	REFRESH,

	/** Forces pending files to disk. */
	FLUSH,

	/** Writes the checkpoint of the committed state. */
	CHECKPOINT,

	/** Reads everything and says what is wrong. */
	VERIFY,

	/**
	 * Rebuilds the index from the data files, also of a database that cannot be opened.
	 */
	REBUILD_INDEX;

	/** Its name in URLs and answers, such as {@code rebuild-index}. */
	public String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	@Override
	public String toString() {
		return id();
	}

	/** The action of that name; null if there is none. */
	static @Nullable Action of(String id) {
		return Arrays.stream(values()).filter((action) -> action.id().equals(id)).findFirst().orElse(null);
	}

	/** The names of all. */
	static List<String> ids() {
		return Arrays.stream(values()).map(Action::id).toList();
	}

	Object perform(ManagedDatabase database, ProgressListener progress) {
		return switch (this) {
			case COMPACT -> database.database().compact(CompactionPolicy.full(), progress);
			case COMPACT_SORTED -> database.database().compact(CompactionPolicy.sorted(), progress);
			case UPLOAD -> database.upload(UploadScope.CHANGED, progress);
			case UPLOAD_ALL -> database.upload(UploadScope.ALL, progress);
			case DOWNLOAD -> database.database().download(progress);
			case REFRESH -> database.refresh();
			case FLUSH -> flush(database.database());
			case CHECKPOINT -> checkpoint(database.database());
			case VERIFY -> verify(database.database(), progress);
			case REBUILD_INDEX -> database.database().rebuildIndex(progress);
		};
	}

	private static Flushed flush(S4DB database) {
		database.flush();
		S4DBStats stats = database.stats();
		return new Flushed(stats.pendingFiles(), stats.pendingEntries(), stats.pendingBytes());
	}

	private static Checkpointed checkpoint(S4DB database) {
		database.checkpoint();
		S4DBStats stats = database.stats();
		return new Checkpointed(stats.checkpointSeq(), stats.keys());
	}

	private static Verified verify(S4DB database, ProgressListener progress) {
		VerifyReport report = database.verify(progress);
		return new Verified(report.clean(), report);
	}

	/**
	 * What a flush forced to disk.
	 *
	 * @param pendingFiles pending files on disk
	 * @param pendingEntries their entries
	 * @param pendingBytes their bytes
	 */
	public record Flushed(int pendingFiles, long pendingEntries, long pendingBytes) {
	}

	/**
	 * What a checkpoint wrote.
	 *
	 * @param checkpointSeq the sequence number that {@code index.idx} covers now
	 * @param keys live keys, pending ones included
	 */
	public record Checkpointed(long checkpointSeq, long keys) {
	}

	/**
	 * What a verification found.
	 *
	 * @param clean whether nothing is wrong
	 * @param report the findings
	 */
	public record Verified(boolean clean, VerifyReport report) {
	}

}
