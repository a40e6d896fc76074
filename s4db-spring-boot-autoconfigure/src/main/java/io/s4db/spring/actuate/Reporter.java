package io.s4db.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.s4db.CacheStats;
import io.s4db.DataFileStats;
import io.s4db.IndexTierStats;
import io.s4db.RequestCounts;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBStats;
import io.s4db.spring.actuate.DatabaseReport.Bucket;
import io.s4db.spring.actuate.DatabaseReport.State;
import io.s4db.spring.runtime.BucketStatus;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.Opening;
import io.s4db.spring.runtime.FailureLog;
import org.jspecify.annotations.Nullable;

/**
 * Makes reports of databases.
 */
final class Reporter {

	/** How many data files are listed at most. */
	static final int MOST_DATA_FILES = 1000;

	private Reporter() {
	}

	static DatabaseReport report(ManagedDatabase database, @Nullable ActionReport operation, Instant now) {
		Opening opening = database.opening();
		BucketStatus bucket = database.bucket().status();
		if (opening != null) {
			return notOpen(database, opening.failed() ? State.FAILED : State.OPENING, opening.reason(), opening, bucket,
					operation);
		}
		try {
			S4DBStats stats = database.stats();
			return (stats != null) ? open(database, stats, bucket, operation, now)
					: notOpen(database, State.OPENING, "the database gives no statistics", null, bucket, operation);
		}
		catch (RuntimeException ex) {
			return notOpen(database, (ex instanceof S4DBClosedException) ? State.CLOSED : State.OPENING,
					FailureLog.problem(ex), null, bucket, operation);
		}
	}

	private static DatabaseReport notOpen(ManagedDatabase database, State state, String problem,
			@Nullable Opening opening, BucketStatus bucket, @Nullable ActionReport operation) {
		return new DatabaseReport(state, problem,
				(opening != null) ? new DatabaseReport.Opening(opening.attempts(), opening.nextAttempt()) : null,
				bucket(database, bucket), null, null, null, null, null, null, null, null, operation, null, null);
	}

	private static DatabaseReport open(ManagedDatabase database, S4DBStats stats, BucketStatus bucket,
			@Nullable ActionReport operation, Instant now) {
		FailureLog uploads = database.uploads();
		int leftOut = Math.max(0, stats.files().size() - MOST_DATA_FILES);
		return new DatabaseReport(stats.fenced() ? State.FENCED : State.OPEN, problem(database, stats, bucket), null,
				bucket(database, latest(stats, bucket)), index(stats, latest(stats, bucket)),
				pending(stats, uploads, now), commits(stats),
				new DatabaseReport.Obsolete(stats.obsoleteFiles(), stats.obsoleteBytes()), stats.recovery(),
				requests(stats.requests()), cache(stats.cache()), diskCache(stats.disk()), operation,
				dataFiles(stats.files()), (leftOut > 0) ? leftOut : null);
	}

	private static @Nullable String problem(ManagedDatabase database, S4DBStats stats, BucketStatus bucket) {
		if (stats.fenced()) {
			return "another writer has taken over; what is pending here stays on disk";
		}
		if (!bucket.reachable()) {
			return bucket.problem();
		}
		if (stats.writeProblem() != null) {
			return "the last write failed: " + stats.writeProblem();
		}
		if (database.uploads().keepFailing()) {
			return "uploads keep failing: " + database.uploads().problem();
		}
		return database.refreshes().keepFailing() ? "refreshes keep failing: " + database.refreshes().problem() : null;
	}

	/** What the database saw of the bucket itself, if that was later. */
	private static BucketStatus latest(S4DBStats stats, BucketStatus bucket) {
		Instant seen = stats.lastSeen();
		return (bucket.reachable() && seen != null && !seen.isBefore(bucket.asked()))
				? BucketStatus.reached(stats.seq(), seen) : bucket;
	}

	private static Bucket bucket(ManagedDatabase database, BucketStatus status) {
		return new Bucket(database.bucket().description(), database.bucket().settings(), status.reachable(),
				status.problem(), (status.seq() >= 0) ? status.seq() : null, status.seen());
	}

	private static DatabaseReport.Index index(S4DBStats stats, BucketStatus bucket) {
		Long behind = bucket.reachable() ? Math.max(0, bucket.seq() - stats.seq()) : null;
		Boolean matches = (behind != null) ? stats.matchesStore() && bucket.seq() == stats.seq() : null;
		double garbageShare = (stats.dataBytes() > 0) ? (double) stats.garbageBytes() / stats.dataBytes() : 0;
		return new DatabaseReport.Index(matches, behind, stats.keys(), stats.exact(), stats.dataFiles(),
				stats.dataBytes(), stats.liveBytes(), stats.garbageBytes(), garbageShare, stats.indexMode(),
				stats.indexHeapBytes(), stats.indexDiskBytes(), readsPages(stats) ? cache(stats.pages()) : null,
				stats.tiers().isEmpty() ? null : tiers(stats.tiers()), stats.nextFileNumber());
	}

	private static List<DatabaseReport.Tier> tiers(List<IndexTierStats> tiers) {
		return tiers.stream()
			.map((tier) -> new DatabaseReport.Tier(tier.kind(), tier.entries(), tier.bytes(), tier.pages()))
			.toList();
	}

	/** Whether pages of the index are read from the bucket, or were. */
	private static boolean readsPages(S4DBStats stats) {
		return !stats.exact() || stats.pages().hits() + stats.pages().misses() > 0;
	}

	private static DatabaseReport.Pending pending(S4DBStats stats, FailureLog uploads, Instant now) {
		Instant oldest = stats.oldestPending();
		return new DatabaseReport.Pending(stats.pendingFiles(), stats.pendingEntries(), stats.pendingBytes(), oldest,
				(oldest != null) ? age(oldest, now) : null, uploads.failures(), uploads.problem(),
				uploads.failingSince());
	}

	private static DatabaseReport.Commits commits(S4DBStats stats) {
		return new DatabaseReport.Commits(stats.seq(), stats.checkpointSeq(), stats.logItems(), stats.epoch(),
				stats.lastSeen(), stats.lastCommit(), stats.lastUpload(), stats.commits(), stats.rebases());
	}

	private static DatabaseReport.Requests requests(RequestCounts counts) {
		return new DatabaseReport.Requests(counts.gets(), counts.heads(), counts.puts(), counts.lists(),
				counts.deletes(), counts.bytesRead(), counts.bytesWritten(), counts.estimatedDollars());
	}

	private static DatabaseReport.@Nullable Cache diskCache(CacheStats disk) {
		return (disk.bytes() + disk.hits() + disk.misses() > 0) ? cache(disk) : null;
	}

	private static DatabaseReport.Cache cache(CacheStats cache) {
		return new DatabaseReport.Cache(cache.hits(), cache.misses(), cache.hitRate(), cache.bytes());
	}

	private static List<DatabaseReport.DataFile> dataFiles(List<DataFileStats> files) {
		return files.stream()
			.limit(MOST_DATA_FILES)
			.map((file) -> new DatabaseReport.DataFile(file.number(), file.bytes(), file.liveEntries(),
					file.liveBytes(), file.garbageBytes(), file.local()))
			.toList();
	}

	/** How long ago that was; zero if the clock was set back. */
	private static Duration age(Instant time, Instant now) {
		return time.isBefore(now) ? Duration.between(time, now) : Duration.ZERO;
	}

}
