package io.s4db.spring.metrics;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.s4db.ReadSource;
import io.s4db.RequestOutcome;
import io.s4db.S4DBOperation;
import io.s4db.S4DBStats;
import io.s4db.StoreRequest;
import io.s4db.spring.runtime.DatabaseSignals;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;
import org.jspecify.annotations.Nullable;

/**
 * The databases' figures as meters, each with the tag {@code database} (the bean's name),
 * as {@link S4DBMeterDocumentation} has them. Taking them costs no I/O. While a database
 * is not open its gauges are NaN and {@code s4db.open} is 0.
 */
public class S4DBMetrics implements MeterBinder {

	private final ManagedDatabases databases;

	private final Clock clock;

	public S4DBMetrics(ManagedDatabases databases, Clock clock) {
		this.databases = databases;
		this.clock = clock;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.databases.all()
			.forEach((database) -> new Meters(new Snapshot(database, this.clock), registry,
					Tags.of("database", database.name()))
				.register());
	}

	/**
	 * The statistics of one database, taken anew once a second at most, so that one
	 * reading of all meters takes them once.
	 */
	private static final class Snapshot {

		private static final Duration MAX_AGE = Duration.ofSeconds(1);

		private final ManagedDatabase database;

		private final Clock clock;

		private @Nullable S4DBStats stats;

		private @Nullable Instant taken;

		Snapshot(ManagedDatabase database, Clock clock) {
			this.database = database;
			this.clock = clock;
		}

		/** The statistics; null while the database is not open. */
		synchronized @Nullable S4DBStats stats() {
			Instant now = this.clock.instant();
			if (this.taken == null || !isFresh(this.taken, now)) {
				this.taken = now;
				try {
					this.stats = this.database.stats();
				}
				catch (RuntimeException ex) {
					this.stats = null;
				}
			}
			return this.stats;
		}

		/** Whether that was just now. If it is yet to come, the clock was set back. */
		private static boolean isFresh(Instant time, Instant now) {
			Duration age = Duration.between(time, now);
			return !age.isNegative() && age.compareTo(MAX_AGE) < 0;
		}

		double value(ToDoubleFunction<S4DBStats> value, double absent) {
			S4DBStats present = stats();
			return (present != null) ? value.applyAsDouble(present) : absent;
		}

		double failedUploads() {
			return this.database.uploads().failures();
		}

		double failedRefreshes() {
			return this.database.refreshes().failures();
		}

		double pendingAge() {
			S4DBStats present = stats();
			if (present == null) {
				return Double.NaN;
			}
			Instant oldest = present.oldestPending();
			return (oldest != null) ? millisSince(oldest) : 0;
		}

		double seenAge() {
			S4DBStats present = stats();
			Instant seen = (present != null) ? present.lastSeen() : null;
			return (seen != null) ? millisSince(seen) : Double.NaN;
		}

		double lastUpload() {
			S4DBStats present = stats();
			Instant last = (present != null) ? present.lastCommit() : null;
			return (last != null) ? last.toEpochMilli() : Double.NaN;
		}

		private double millisSince(Instant time) {
			return Math.max(0, Duration.between(time, this.clock.instant()).toMillis());
		}

	}

	/** The meters of one database. */
	private record Meters(Snapshot snapshot, MeterRegistry registry, Tags tags) {

		void register() {
			gauge(S4DBMeterDocumentation.OPEN, (source) -> source.value((stats) -> 1, 0));
			statistic(S4DBMeterDocumentation.FENCED, (stats) -> stats.fenced() ? 1 : 0);
			statistic(S4DBMeterDocumentation.KEYS, S4DBStats::keys);
			statistic(S4DBMeterDocumentation.DATA_FILES, S4DBStats::dataFiles);
			statistic(S4DBMeterDocumentation.DATA_SIZE, S4DBStats::dataBytes);
			statistic(S4DBMeterDocumentation.DATA_LIVE, S4DBStats::liveBytes);
			statistic(S4DBMeterDocumentation.DATA_GARBAGE, S4DBStats::garbageBytes);
			statistic(S4DBMeterDocumentation.OBSOLETE_FILES, S4DBStats::obsoleteFiles);
			statistic(S4DBMeterDocumentation.OBSOLETE_SIZE, S4DBStats::obsoleteBytes);
			statistic(S4DBMeterDocumentation.PENDING_ENTRIES, S4DBStats::pendingEntries);
			statistic(S4DBMeterDocumentation.PENDING_SIZE, S4DBStats::pendingBytes);
			time(S4DBMeterDocumentation.PENDING_AGE, Snapshot::pendingAge);
			statistic(S4DBMeterDocumentation.LOCAL_SIZE, (stats) -> stats.localBytes() + stats.pendingBytes());
			statistic(S4DBMeterDocumentation.INDEX_MEMORY, S4DBStats::indexHeapBytes);
			statistic(S4DBMeterDocumentation.INDEX_DISK, S4DBStats::indexDiskBytes);
			statistic(S4DBMeterDocumentation.INDEX_PAGES_SIZE, (stats) -> stats.pages().bytes());
			count(S4DBMeterDocumentation.INDEX_PAGES_GETS, this.tags.and("result", "hit"),
					(stats) -> stats.pages().hits());
			count(S4DBMeterDocumentation.INDEX_PAGES_GETS, this.tags.and("result", "miss"),
					(stats) -> stats.pages().misses());
			statistic(S4DBMeterDocumentation.LOG_ITEMS, S4DBStats::logItems);
			statistic(S4DBMeterDocumentation.CACHE_SIZE, (stats) -> stats.cache().bytes());
			gauge(S4DBMeterDocumentation.UPLOAD_FAILURES, Snapshot::failedUploads);
			gauge(S4DBMeterDocumentation.REFRESH_FAILURES, Snapshot::failedRefreshes);
			time(S4DBMeterDocumentation.UPLOAD_LAST, Snapshot::lastUpload);
			time(S4DBMeterDocumentation.SEEN_AGE, Snapshot::seenAge);
			statistic(S4DBMeterDocumentation.BEHIND, this.snapshot.database::behind);
			count(S4DBMeterDocumentation.COMMITS, this.tags, S4DBStats::commits);
			count(S4DBMeterDocumentation.REBASES, this.tags, S4DBStats::rebases);
			count(S4DBMeterDocumentation.CACHE_GETS, this.tags.and("result", "hit"), (stats) -> stats.cache().hits());
			count(S4DBMeterDocumentation.CACHE_GETS, this.tags.and("result", "miss"),
					(stats) -> stats.cache().misses());
			statistic(S4DBMeterDocumentation.CACHE_DISK_SIZE, (stats) -> stats.disk().bytes());
			count(S4DBMeterDocumentation.CACHE_DISK_GETS, this.tags.and("result", "hit"),
					(stats) -> stats.disk().hits());
			count(S4DBMeterDocumentation.CACHE_DISK_GETS, this.tags.and("result", "miss"),
					(stats) -> stats.disk().misses());
			for (ReadSource source : ReadSource.values()) {
				count(S4DBMeterDocumentation.READS, this.tags.and("source", source.id()),
						(stats) -> stats.reads().from(source));
			}
			registerRequests();
			DatabaseSignals signals = this.snapshot.database.signals();
			if (signals != null) {
				registerSignals(signals);
			}
		}

		private void registerRequests() {
			requests("get", (stats) -> stats.requests().gets());
			requests("head", (stats) -> stats.requests().heads());
			requests("put", (stats) -> stats.requests().puts());
			requests("list", (stats) -> stats.requests().lists());
			requests("delete", (stats) -> stats.requests().deletes());
			count(S4DBMeterDocumentation.REQUESTS_COST, this.tags, (stats) -> stats.requests().estimatedDollars());
			count(S4DBMeterDocumentation.TRANSFERRED, this.tags.and("direction", "read"),
					(stats) -> stats.requests().bytesRead());
			count(S4DBMeterDocumentation.TRANSFERRED, this.tags.and("direction", "written"),
					(stats) -> stats.requests().bytesWritten());
		}

		private void requests(String method, ToDoubleFunction<S4DBStats> value) {
			count(S4DBMeterDocumentation.REQUESTS, this.tags.and("method", method), value);
		}

		private void registerSignals(DatabaseSignals signals) {
			gauge(S4DBMeterDocumentation.REACHABLE, (source) -> reachable(signals.lastOutcome()));
			for (S4DBOperation operation : S4DBOperation.values()) {
				counter(S4DBMeterDocumentation.FAILURES, this.tags.and("operation", operation.id()),
						(source) -> signals.failures(operation));
			}
			for (StoreRequest request : StoreRequest.values()) {
				counter(S4DBMeterDocumentation.BUCKET_RETRIES, this.tags.and("request", request.id()),
						(source) -> signals.retries(request));
			}
		}

		private static double reachable(@Nullable RequestOutcome last) {
			return (last != null) ? (last.isAnswer() ? 1 : 0) : Double.NaN;
		}

		private void statistic(S4DBMeterDocumentation meter, ToDoubleFunction<S4DBStats> value) {
			gauge(meter, (source) -> source.value(value, Double.NaN));
		}

		private void gauge(S4DBMeterDocumentation meter, ToDoubleFunction<Snapshot> value) {
			Gauge.builder(meter.getName(), this.snapshot, value)
				.description(meter.getDescription())
				.baseUnit(meter.getBaseUnit())
				.tags(this.tags)
				.strongReference(true)
				.register(this.registry);
		}

		private void time(S4DBMeterDocumentation meter, ToDoubleFunction<Snapshot> millis) {
			TimeGauge.builder(meter.getName(), this.snapshot, TimeUnit.MILLISECONDS, millis)
				.description(meter.getDescription())
				.tags(this.tags)
				.strongReference(true)
				.register(this.registry);
		}

		private void count(S4DBMeterDocumentation meter, Tags counterTags, ToDoubleFunction<S4DBStats> value) {
			counter(meter, counterTags, (source) -> source.value(value, 0));
		}

		private void counter(S4DBMeterDocumentation meter, Tags counterTags, ToDoubleFunction<Snapshot> value) {
			FunctionCounter.builder(meter.getName(), this.snapshot, value)
				.description(meter.getDescription())
				.baseUnit(meter.getBaseUnit())
				.tags(counterTags)
				.register(this.registry);
		}

	}

}
