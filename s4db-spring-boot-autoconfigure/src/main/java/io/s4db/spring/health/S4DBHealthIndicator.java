package io.s4db.spring.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import io.s4db.RecoveryReport;
import io.s4db.S4DBStats;
import io.s4db.spring.runtime.BucketStatus;
import io.s4db.spring.runtime.FailureLog;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.Opening;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health of one database. DOWN when the index is not loaded, when another writer has
 * taken over, when the last write failed, when uploads or refreshes keep failing, and
 * when the bucket cannot be reached; what is known of the bucket is ten seconds old at
 * most, so that probes cost next to nothing.
 */
public class S4DBHealthIndicator extends AbstractHealthIndicator {

	/** The data file number from which on there is a warning. */
	static final long MANY_FILE_NUMBERS = 900_000;

	private final ManagedDatabase database;

	private final Clock clock;

	public S4DBHealthIndicator(ManagedDatabase database, Clock clock) {
		super("The s4db health check failed");
		this.database = database;
		this.clock = clock;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		String location = this.database.bucket().description();
		if (location != null) {
			builder.withDetail("location", location);
		}
		Opening opening = this.database.opening();
		if (opening != null) {
			notLoaded(builder, opening.reason());
			builder.withDetail("attempts", opening.attempts());
			if (!opening.failed()) {
				// Nobody waits for the answer, but it may be what opening waits for.
				this.database.bucket().look();
			}
			return;
		}
		try {
			S4DBStats stats = this.database.stats();
			if (stats != null) {
				check(builder, stats);
			}
			else {
				notLoaded(builder, "the database gives no statistics");
			}
		}
		catch (RuntimeException ex) {
			notLoaded(builder, FailureLog.problem(ex));
		}
	}

	private void notLoaded(Health.Builder builder, String reason) {
		builder.down().withDetail("reason", "the index is not loaded: " + reason);
	}

	private void check(Health.Builder builder, S4DBStats stats) {
		BucketStatus bucket = this.database.bucket().status();
		String reason = reason(stats, bucket);
		if (reason != null) {
			builder.down().withDetail("reason", reason);
		}
		else {
			builder.up();
		}
		addFigures(builder, stats, bucket);
	}

	/** Why it is down; null if it is not. */
	private @Nullable String reason(S4DBStats stats, BucketStatus bucket) {
		if (stats.fenced()) {
			return "another writer has taken over; what is pending here stays on disk";
		}
		if (!bucket.reachable()) {
			return "the bucket cannot be reached: " + bucket.problem();
		}
		if (stats.writeProblem() != null) {
			return "the last write failed: " + stats.writeProblem();
		}
		if (this.database.uploads().keepFailing()) {
			return keepFailing("uploads", this.database.uploads());
		}
		return this.database.refreshes().keepFailing() ? keepFailing("refreshes", this.database.refreshes()) : null;
	}

	private static String keepFailing(String what, FailureLog log) {
		return "the last " + log.failures() + " " + what + " failed, the latest with: " + log.problem();
	}

	private void addFigures(Health.Builder builder, S4DBStats stats, BucketStatus bucket) {
		builder.withDetail("keys", stats.keys());
		builder.withDetail("dataFiles", stats.dataFiles());
		builder.withDetail("index", stats.indexMode().name().toLowerCase(Locale.ROOT));
		builder.withDetail("pendingEntries", stats.pendingEntries());
		builder.withDetail("pendingBytes", stats.pendingBytes());
		Instant oldest = stats.oldestPending();
		if (oldest != null) {
			builder.withDetail("oldestPendingAge", age(oldest).toString());
		}
		builder.withDetail("seq", stats.seq());
		if (bucket.reachable()) {
			builder.withDetail("behind", Math.max(0, bucket.seq() - stats.seq()));
		}
		builder.withDetail("rebases", stats.rebases());
		builder.withDetail("obsoleteBytes", stats.obsoleteBytes());
		RecoveryReport recovery = stats.recovery();
		if (!recovery.equals(RecoveryReport.NOTHING)) {
			builder.withDetail("recoveredEntries", recovery.pendingEntries());
			builder.withDetail("cutBytes", recovery.cutBytes());
		}
		if (bucket.seen() != null) {
			builder.withDetail("bucketSeen", bucket.seen().toString());
		}
		if (stats.nextFileNumber() >= MANY_FILE_NUMBERS) {
			builder.withDetail("warnings",
					List.of("data file number " + stats.nextFileNumber() + " is near 999,999, past which the reference"
							+ " implementation cannot list data files; s4db itself goes on"));
		}
	}

	/** How long ago that was; zero if the clock was set back. */
	private Duration age(Instant time) {
		Duration age = Duration.between(time, this.clock.instant());
		return age.isNegative() ? Duration.ZERO : age;
	}

}
