package io.s4db;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What there is and what was done, as of one moment.
 *
 * @param keys live keys, pending ones included
 * @param dataFiles committed data files
 * @param dataBytes their bytes
 * @param liveBytes bytes of entries that the committed index points to, without what
 * files have beside entries
 * @param files the committed data files, one by one, by number
 * @param pendingFiles files not committed yet
 * @param pendingEntries entries not committed yet
 * @param pendingBytes bytes not committed yet
 * @param oldestPending when the oldest pending write was made; null where nothing is
 * pending
 * @param seq the manifest's sequence number last seen; 0 where there is no manifest
 * @param checkpointSeq the sequence number that {@code index.idx} is known to cover
 * @param logItems items of the manifest's log after the checkpoint
 * @param epoch the manifest's epoch
 * @param fenced whether an exclusive writer has taken over
 * @param lastSeen when the manifest was last read or written
 * @param lastCommit when this instance last committed; null if it has not
 * @param lastUpload what that upload did; null if there was none
 * @param commits commits by this instance
 * @param rebases how often another writer's commit had to be applied before a commit
 * @param obsoleteFiles data files that wait for their retention to pass
 * @param obsoleteBytes their bytes, as far as known
 * @param nextFileNumber the lowest data file number never given out
 * @param indexMode where the index is kept now: in memory or paged
 * @param indexHeapBytes memory that the index takes
 * @param indexDiskBytes local disk that it takes, where it is paged
 * @param recovery what opening found
 * @param requests requests since opening
 * @param cache the cache of what was read from the store
 * @param reads values read since opening, by where they came from
 * @param writeProblem why the last put or delete failed, such as a full disk; null if it
 * did not, and where its arguments were to blame. Where the local directory was, flush
 * and upload look whether it still is
 * @param exact whether {@code keys} is exact: a reader of an index in pages of the bucket
 * finds out how many keys there are when it is asked for the size. Then what is live of
 * each file, too, is as of the base, not of now
 * @param pages the cache of pages of the index, where these are read from the bucket
 * @param disk the cache of both on the local disk
 * @param tiers the tiers of what the index has of committed keys, from the top; empty
 * where it is in memory alone
 */
public record S4DBStats(long keys, int dataFiles, long dataBytes, long liveBytes, List<DataFileStats> files,
		int pendingFiles, long pendingEntries, long pendingBytes, @Nullable Instant oldestPending, long seq,
		long checkpointSeq, int logItems, long epoch, boolean fenced, @Nullable Instant lastSeen,
		@Nullable Instant lastCommit, @Nullable UploadResult lastUpload, long commits, long rebases, int obsoleteFiles,
		long obsoleteBytes, long nextFileNumber, IndexMode indexMode, long indexHeapBytes, long indexDiskBytes,
		RecoveryReport recovery, RequestCounts requests, CacheStats cache, ReadCounts reads,
		@Nullable String writeProblem, boolean exact, CacheStats pages, CacheStats disk, List<IndexTierStats> tiers) {

	public S4DBStats {
		files = List.copyOf(files);
		tiers = List.copyOf(tiers);
	}

	/**
	 * Bytes of committed data files that no live entry takes: of entries that were
	 * overwritten or deleted and of deletions, and what each file has beside its entries
	 * (header, marks of batches, footer), which a compaction makes anew. So this is never
	 * zero where there is a file: whether compacting pays is a matter of its share, as
	 * {@link CompactionPolicy#partial} has it.
	 */
	public long garbageBytes() {
		return Math.max(0, this.dataBytes - this.liveBytes);
	}

	/** Bytes of local copies of committed data files. */
	public long localBytes() {
		return this.files.stream().filter(DataFileStats::local).mapToLong(DataFileStats::bytes).sum();
	}

	/** Whether everything is committed. */
	public boolean matchesStore() {
		return this.pendingEntries == 0;
	}

}
