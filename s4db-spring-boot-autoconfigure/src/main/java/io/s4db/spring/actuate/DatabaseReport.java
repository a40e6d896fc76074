package io.s4db.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.s4db.IndexMode;
import io.s4db.IndexTierStats;
import io.s4db.RecoveryReport;
import io.s4db.UploadResult;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What there is to see of a database. What does not apply, or is not known, is left out.
 *
 * @param state how it stands
 * @param problem what is wrong
 * @param opening how far opening it has come, while it is not open
 * @param bucket its bucket
 * @param index its index
 * @param pending what is not committed yet
 * @param commits what was committed
 * @param obsolete data files that wait for their retention to pass
 * @param recovery what opening found in the local directory
 * @param requests requests to the store since opening
 * @param cache the cache of what was read from the store
 * @param diskCache the same on local disk, where there is one
 * @param operation the action that runs, or the last that did
 * @param dataFiles the committed data files, by number
 * @param dataFilesLeftOut how many more there are than are listed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DatabaseReport(State state, @Nullable String problem, @Nullable Opening opening, Bucket bucket,
		@Nullable Index index, @Nullable Pending pending, @Nullable Commits commits, @Nullable Obsolete obsolete,
		@Nullable RecoveryReport recovery, @Nullable Requests requests, @Nullable Cache cache,
		@Nullable Cache diskCache, @Nullable ActionReport operation, @Nullable List<DataFile> dataFiles,
		@Nullable Integer dataFilesLeftOut) {

	/** How a database stands. */
	public enum State {

		/** The index is not loaded. */
		OPENING,

		/** It cannot be opened, and is not tried again: its settings are wrong. */
		FAILED,

		/** It can be read, and written unless it was opened to be read only. */
		OPEN,

		/** Another writer has taken over. */
		FENCED,

		/** It was closed. */
		CLOSED

	}

	/**
	 * How far opening has come.
	 *
	 * @param attempts tries that failed
	 * @param nextAttempt when it is tried again; left out where it is not
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Opening(int attempts, @Nullable Instant nextAttempt) {
	}

	/**
	 * The bucket.
	 *
	 * @param location what it is called
	 * @param settings how objects are kept in it: encryption, storage class and the like
	 * @param reachable whether it could be reached
	 * @param problem why not
	 * @param seq its manifest's sequence number
	 * @param seen when it was last reached: ten seconds ago at most, if it could be
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Bucket(@Nullable String location, @Nullable String settings, boolean reachable,
			@Nullable String problem, @Nullable Long seq, @Nullable Instant seen) {
	}

	/**
	 * The index.
	 *
	 * @param matchesBucket whether nothing is pending here and nothing new there; left
	 * out where the bucket could not be reached
	 * @param behind commits in the bucket that the index has not followed yet
	 * @param keys live keys, pending ones included
	 * @param exact whether that number is exact: where pages are read from the bucket it
	 * is an estimate until somebody asks for the size
	 * @param dataFiles committed data files
	 * @param dataBytes their bytes
	 * @param liveBytes bytes that live keys refer to
	 * @param garbageBytes bytes that nothing live refers to
	 * @param garbageShare the latter as a share of all, 0 to 1
	 * @param mode where the index is kept: in memory or paged
	 * @param heapBytes memory that it takes
	 * @param diskBytes local disk that it takes, where it is paged
	 * @param pages the cache of its pages, where these are read from the bucket
	 * @param tiers its tiers, from the top, where it is not in memory alone
	 * @param nextFileNumber the lowest data file number never given out
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Index(@Nullable Boolean matchesBucket, @Nullable Long behind, long keys, boolean exact, int dataFiles,
			long dataBytes, long liveBytes, long garbageBytes, double garbageShare, IndexMode mode, long heapBytes,
			long diskBytes, @Nullable Cache pages, @Nullable List<Tier> tiers, long nextFileNumber) {
	}

	/**
	 * A tier of the index.
	 *
	 * @param kind what it is: {@code RECENT} or {@code SEALED} in memory, {@code FILE} on
	 * the local disk, or {@code BASE} in the bucket
	 * @param entries what it tells, deleted keys included
	 * @param bytes what those take there
	 * @param pages how many pages they are in; 0 in memory
	 */
	public record Tier(IndexTierStats.Kind kind, long entries, long bytes, int pages) {
	}

	/**
	 * What is not committed yet.
	 *
	 * @param files pending files
	 * @param entries their entries
	 * @param bytes their bytes
	 * @param oldest when the oldest write among them was made
	 * @param age how long ago that was
	 * @param failedUploads uploads that failed in a row since
	 * @param problem why the last of them did
	 * @param failingSince when the first of them did
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Pending(int files, long entries, long bytes, @Nullable Instant oldest, @Nullable Duration age,
			int failedUploads, @Nullable String problem, @Nullable Instant failingSince) {
	}

	/**
	 * What was committed.
	 *
	 * @param seq the manifest's sequence number last seen
	 * @param checkpointSeq the sequence number that {@code index.idx} covers
	 * @param logItems items of the manifest's log
	 * @param epoch the manifest's epoch
	 * @param lastSeen when the manifest was last read or written
	 * @param lastCommit when this application last committed
	 * @param lastUpload what that did
	 * @param commits commits by this application
	 * @param rebases how often another writer's commit had to be applied first
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Commits(long seq, long checkpointSeq, int logItems, long epoch, @Nullable Instant lastSeen,
			@Nullable Instant lastCommit, @Nullable UploadResult lastUpload, long commits, long rebases) {
	}

	/**
	 * Data files that wait for their retention to pass.
	 *
	 * @param files how many
	 * @param bytes their bytes, as far as known
	 */
	public record Obsolete(int files, long bytes) {
	}

	/**
	 * Requests to the store.
	 *
	 * @param gets GET
	 * @param heads HEAD
	 * @param puts PUT, parts of multipart uploads included
	 * @param lists LIST
	 * @param deletes DELETE
	 * @param bytesRead bytes read
	 * @param bytesWritten bytes written
	 * @param estimatedDollars what they cost at S3 Standard's list price
	 */
	public record Requests(long gets, long heads, long puts, long lists, long deletes, long bytesRead,
			long bytesWritten, double estimatedDollars) {
	}

	/**
	 * A cache of what was read from the store.
	 *
	 * @param hits reads that it served
	 * @param misses reads that it did not
	 * @param hitRate the share of the former, 0 to 1
	 * @param bytes bytes that it holds
	 */
	public record Cache(long hits, long misses, double hitRate, long bytes) {
	}

	/**
	 * A data file.
	 *
	 * @param number its number
	 * @param bytes its size
	 * @param liveEntries entries that the index refers to
	 * @param liveBytes their bytes
	 * @param garbageBytes the other bytes
	 * @param local whether there is a local copy
	 */
	public record DataFile(long number, long bytes, long liveEntries, long liveBytes, long garbageBytes,
			boolean local) {
	}

}
