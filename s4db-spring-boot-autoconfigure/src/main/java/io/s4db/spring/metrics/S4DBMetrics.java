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
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.s4db.S4DBStats;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;
import org.jspecify.annotations.Nullable;

/**
 * The databases' figures as meters, each with the tag {@code database} (the bean's name).
 * Taking them costs no I/O. While a database is not open its gauges are NaN and
 * {@code s4db.open} is 0.
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
			return (oldest != null) ? Math.max(0, Duration.between(oldest, this.clock.instant()).toMillis()) : 0;
		}

	}

	/** The meters of one database. */
	private record Meters(Snapshot snapshot, MeterRegistry registry, Tags tags) {

		void register() {
			Gauge.builder("s4db.open", this.snapshot, (source) -> source.value((stats) -> 1, 0))
				.description("1 if the database is open, 0 if it is not")
				.tags(this.tags)
				.strongReference(true)
				.register(this.registry);
			gauge("s4db.fenced", "1 if another writer has taken over", null, (stats) -> stats.fenced() ? 1 : 0);
			gauge("s4db.keys", "Live keys, pending ones included", null, S4DBStats::keys);
			gauge("s4db.data.files", "Committed data files", BaseUnits.FILES, S4DBStats::dataFiles);
			gauge("s4db.data.size", "Bytes of committed data files", BaseUnits.BYTES, S4DBStats::dataBytes);
			gauge("s4db.data.live", "Bytes that live keys refer to", BaseUnits.BYTES, S4DBStats::liveBytes);
			gauge("s4db.data.garbage", "Bytes that nothing live refers to", BaseUnits.BYTES, S4DBStats::garbageBytes);
			gauge("s4db.obsolete.files", "Data files that wait for their retention to pass", BaseUnits.FILES,
					S4DBStats::obsoleteFiles);
			gauge("s4db.obsolete.size", "Bytes of obsolete data files", BaseUnits.BYTES, S4DBStats::obsoleteBytes);
			gauge("s4db.pending.entries", "Entries not committed yet", null, S4DBStats::pendingEntries);
			gauge("s4db.pending.size", "Bytes not committed yet", BaseUnits.BYTES, S4DBStats::pendingBytes);
			TimeGauge.builder("s4db.pending.age", this.snapshot, TimeUnit.MILLISECONDS, Snapshot::pendingAge)
				.description("Age of the oldest write not committed yet")
				.tags(this.tags)
				.strongReference(true)
				.register(this.registry);
			gauge("s4db.index.memory", "Memory that the index takes", BaseUnits.BYTES, S4DBStats::indexHeapBytes);
			gauge("s4db.log.items", "Items of the manifest's log", null, S4DBStats::logItems);
			gauge("s4db.cache.size", "Bytes that the cache holds", BaseUnits.BYTES, (stats) -> stats.cache().bytes());
			Gauge.builder("s4db.upload.failures", this.snapshot, Snapshot::failedUploads)
				.description("Uploads that failed in a row")
				.tags(this.tags)
				.strongReference(true)
				.register(this.registry);
			Gauge.builder("s4db.refresh.failures", this.snapshot, Snapshot::failedRefreshes)
				.description("Refreshes at the interval that failed in a row")
				.tags(this.tags)
				.strongReference(true)
				.register(this.registry);
			counter("s4db.commits", "Commits by this application", null, this.tags, S4DBStats::commits);
			counter("s4db.rebases", "Commits of others that had to be applied first", null, this.tags,
					S4DBStats::rebases);
			counter("s4db.cache.gets", "Reads that the cache served or did not", null, this.tags.and("result", "hit"),
					(stats) -> stats.cache().hits());
			counter("s4db.cache.gets", "Reads that the cache served or did not", null, this.tags.and("result", "miss"),
					(stats) -> stats.cache().misses());
			registerRequests();
		}

		private void registerRequests() {
			requests("get", (stats) -> stats.requests().gets());
			requests("head", (stats) -> stats.requests().heads());
			requests("put", (stats) -> stats.requests().puts());
			requests("list", (stats) -> stats.requests().lists());
			requests("delete", (stats) -> stats.requests().deletes());
			counter("s4db.requests.cost", "What requests cost at S3 Standard's list price", "dollars", this.tags,
					(stats) -> stats.requests().estimatedDollars());
			counter("s4db.transferred", "Bytes read from and written to the store", BaseUnits.BYTES,
					this.tags.and("direction", "read"), (stats) -> stats.requests().bytesRead());
			counter("s4db.transferred", "Bytes read from and written to the store", BaseUnits.BYTES,
					this.tags.and("direction", "written"), (stats) -> stats.requests().bytesWritten());
		}

		private void requests(String method, ToDoubleFunction<S4DBStats> value) {
			counter("s4db.requests", "Requests to the store", null, this.tags.and("method", method), value);
		}

		private void gauge(String name, String description, @Nullable String unit, ToDoubleFunction<S4DBStats> value) {
			Gauge.builder(name, this.snapshot, (source) -> source.value(value, Double.NaN))
				.description(description)
				.baseUnit(unit)
				.tags(this.tags)
				.strongReference(true)
				.register(this.registry);
		}

		private void counter(String name, String description, @Nullable String unit, Tags counterTags,
				ToDoubleFunction<S4DBStats> value) {
			FunctionCounter.builder(name, this.snapshot, (source) -> source.value(value, 0))
				.description(description)
				.baseUnit(unit)
				.tags(counterTags)
				.register(this.registry);
		}

	}

}
