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
	COMPACT((database, progress) -> database.database().compact(CompactionPolicy.full(), progress)),

	/** Commits what is pending. */
	UPLOAD((database, progress) -> database.upload(UploadScope.CHANGED, progress)),

	/** Sends every local data file again whose object is missing or differs. */
	UPLOAD_ALL((database, progress) -> database.upload(UploadScope.ALL, progress)),

	/** Makes every live data file local. */
	DOWNLOAD((database, progress) -> database.database().download(progress)),

	/** Follows other writers. */
	REFRESH((database, progress) -> database.refresh()),

	/** Forces pending files to disk. */
	FLUSH((database, progress) -> {
		S4DB flushed = database.database();
		flushed.flush();
		S4DBStats stats = flushed.stats();
		return new Flushed(stats.pendingFiles(), stats.pendingEntries(), stats.pendingBytes());
	}),

	/** Writes the checkpoint of the committed state. */
	CHECKPOINT((database, progress) -> {
		S4DB checkpointed = database.database();
		checkpointed.checkpoint();
		S4DBStats stats = checkpointed.stats();
		return new Checkpointed(stats.checkpointSeq(), stats.keys());
	}),

	/** Reads everything and says what is wrong. */
	VERIFY((database, progress) -> {
		VerifyReport report = database.database().verify(progress);
		return new Verified(report.clean(), report);
	}),

	/**
	 * Rebuilds the index from the data files, also of a database that cannot be opened.
	 */
	REBUILD_INDEX((database, progress) -> database.database().rebuildIndex(progress));

	private final Work work;

	Action(Work work) {
		this.work = work;
	}

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
		return this.work.perform(database, progress);
	}

	/** How it is done. */
	@FunctionalInterface
	private interface Work {

		Object perform(ManagedDatabase database, ProgressListener progress);

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
