package io.s4db.spring.metrics;

import java.util.Arrays;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The meters beside those that observations make, each with the key {@code database}.
 */
public enum S4DBMeterDocumentation implements MeterDocumentation {

	/** See {@link #getDescription()}, as for all others. */
	OPEN("s4db.open", Meter.Type.GAUGE, null, "1 if the database is open, 0 if it is not"),

	FENCED("s4db.fenced", Meter.Type.GAUGE, null, "1 if another writer has taken over"),

	REACHABLE("s4db.reachable", Meter.Type.GAUGE, null,
			"1 if the bucket answered the last request, 0 if not; nothing is asked for it"),

	KEYS("s4db.keys", Meter.Type.GAUGE, null, "Live keys, pending ones included"),

	DATA_FILES("s4db.data.files", Meter.Type.GAUGE, BaseUnits.FILES, "Committed data files"),

	DATA_SIZE("s4db.data.size", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes of committed data files"),

	DATA_LIVE("s4db.data.live", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes that live keys refer to"),

	DATA_GARBAGE("s4db.data.garbage", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes that nothing live refers to"),

	OBSOLETE_FILES("s4db.obsolete.files", Meter.Type.GAUGE, BaseUnits.FILES,
			"Data files that wait for their retention to pass"),

	OBSOLETE_SIZE("s4db.obsolete.size", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes of obsolete data files"),

	PENDING_ENTRIES("s4db.pending.entries", Meter.Type.GAUGE, null, "Entries not committed yet"),

	PENDING_SIZE("s4db.pending.size", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes not committed yet"),

	PENDING_AGE("s4db.pending.age", Meter.Type.GAUGE, "seconds", "Age of the oldest write not committed yet"),

	LOCAL_SIZE("s4db.local.size", Meter.Type.GAUGE, BaseUnits.BYTES,
			"Bytes on local disk: copies of data files, and what is pending"),

	INDEX_MEMORY("s4db.index.memory", Meter.Type.GAUGE, BaseUnits.BYTES, "Memory that the index takes"),

	INDEX_DISK("s4db.index.disk", Meter.Type.GAUGE, BaseUnits.BYTES,
			"Local disk that the index takes where it is paged"),

	INDEX_PAGES_SIZE("s4db.index.pages.size", Meter.Type.GAUGE, BaseUnits.BYTES,
			"Bytes of pages of the index that are kept, where these are read from the bucket"),

	INDEX_PAGES_GETS("s4db.index.pages.gets", Meter.Type.COUNTER, null,
			"Looks at such pages that found them kept (`hit`) or did not (`miss`)", "result"),

	LOG_ITEMS("s4db.log.items", Meter.Type.GAUGE, null, "Items of the manifest's log"),

	CACHE_SIZE("s4db.cache.size", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes that the cache holds"),

	CACHE_GETS("s4db.cache.gets", Meter.Type.COUNTER, null, "Reads that the cache served (`hit`) or did not (`miss`)",
			"result"),

	CACHE_DISK_SIZE("s4db.cache.disk.size", Meter.Type.GAUGE, BaseUnits.BYTES,
			"Bytes on local disk of what was read from the bucket"),

	CACHE_DISK_GETS("s4db.cache.disk.gets", Meter.Type.COUNTER, null,
			"Values and pages that the cache on disk served (`hit`) or did not (`miss`)", "result"),

	READS("s4db.reads", Meter.Type.COUNTER, null,
			"Values read, but by iterations, by where they came from: `pending`, `local`, `cache`, `disk`, `bucket`",
			"source"),

	COMMITS("s4db.commits", Meter.Type.COUNTER, null, "Commits by this application"),

	REBASES("s4db.rebases", Meter.Type.COUNTER, null, "Commits of others that had to be applied first"),

	UPLOAD_LAST("s4db.upload.last", Meter.Type.GAUGE, "seconds",
			"When something was last uploaded, in seconds since 1970; none if nothing was"),

	UPLOAD_FAILURES("s4db.upload.failures", Meter.Type.GAUGE, null, "Uploads that failed in a row"),

	REFRESH_FAILURES("s4db.refresh.failures", Meter.Type.GAUGE, null, "Refreshes at the interval that failed in a row"),

	SEEN_AGE("s4db.seen.age", Meter.Type.GAUGE, "seconds",
			"Time since the database last knew what is committed, by a refresh, an upload or opening"),

	BEHIND("s4db.behind", Meter.Type.GAUGE, null,
			"Commits that the bucket is known to be ahead: as of the last refresh, health check or look at the endpoint"),

	FAILURES("s4db.failures", Meter.Type.COUNTER, null, "Operations that failed", "operation"),

	BUCKET_RETRIES("s4db.bucket.retries", Meter.Type.COUNTER, null, "Requests that were sent again", "request"),

	REQUESTS("s4db.requests", Meter.Type.COUNTER, null, "Requests to the store, retries included, as S3 charges them",
			"method"),

	REQUESTS_COST("s4db.requests.cost", Meter.Type.COUNTER, "dollars",
			"What requests cost at S3 Standard's list price"),

	TRANSFERRED("s4db.transferred", Meter.Type.COUNTER, BaseUnits.BYTES, "Bytes `read` from and `written` to the store",
			"direction");

	private final String name;

	private final Meter.Type type;

	private final @Nullable String unit;

	private final String description;

	@SuppressWarnings("ImmutableEnumChecker") // never changed, and given out as a copy
	private final KeyName[] keys;

	S4DBMeterDocumentation(String name, Meter.Type type, @Nullable String unit, String description, String... keys) {
		this.name = name;
		this.type = type;
		this.unit = unit;
		this.description = description;
		this.keys = Arrays.stream(keys).map((key) -> (KeyName) () -> key).toArray(KeyName[]::new);
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.unit;
	}

	/** What it shows. */
	public String getDescription() {
		return this.description;
	}

	/** Its keys beside {@code database}. */
	@Override
	public KeyName[] getKeyNames() {
		return this.keys.clone();
	}

}
