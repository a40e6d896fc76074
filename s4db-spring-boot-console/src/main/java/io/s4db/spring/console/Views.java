package io.s4db.spring.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.ReadCounts;
import io.s4db.ReadSource;
import io.s4db.RequestCounts;
import io.s4db.S4DB;
import io.s4db.S4DBStats;
import io.s4db.spring.actuate.Action;
import io.s4db.spring.actuate.DatabaseReport;
import io.s4db.spring.actuate.S4DBEndpoint;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows.
 */
final class Views {

	/** How many keys a page has, unless it is asked for another number. */
	static final int KEYS = 50;

	/** How many it has at most. */
	static final int MOST_KEYS = 500;

	/** How much of a value is shown. */
	static final int MOST_BYTES = 256 * 1024;

	private final ManagedDatabases databases;

	private final S4DBEndpoint endpoint;

	private final Permission permission;

	Views(ManagedDatabases databases, S4DBEndpoint endpoint, Permission permission) {
		this.databases = databases;
		this.endpoint = endpoint;
		this.permission = permission;
	}

	/** All databases, as the endpoint {@code s4db} reports them. */
	Databases databases() {
		return new Databases(this.permission.actionsAllowed(), this.permission.reason(),
				Arrays.stream(Action.values()).map(Action::id).toList(), this.endpoint.databases());
	}

	/** A page of keys. No I/O, but the first look at keys in order has them sorted. */
	KeyPage keys(@Nullable String name, @Nullable String prefix, @Nullable String after, @Nullable Integer limit) {
		S4DB database = database(this.databases, name).database();
		int most = (limit != null) ? Math.max(1, Math.min(MOST_KEYS, limit)) : KEYS;
		KeyRange range = KeyRange.prefix((prefix != null) ? prefix : "");
		range = (after != null) ? range.after(after) : range;
		List<String> keys = new ArrayList<>();
		try (KeyIterator pass = database.keys(range.limit(most + 1L))) {
			pass.forEachRemaining(keys::add);
		}
		boolean more = keys.size() > most;
		return new KeyPage(more ? keys.subList(0, most) : keys, more);
	}

	/** The value of a key, and what reading it cost. */
	Value value(@Nullable String name, @Nullable String key) {
		S4DB database = database(this.databases, name).database();
		if (key == null) {
			throw new RefusedException(400, "Say which key.");
		}
		S4DBStats before = database.stats();
		byte[] value = database.getBytes(key);
		Cost cost = Cost.between(before, database.stats());
		if (value == null) {
			return new Value(key, false, 0, 0, null, cost);
		}
		byte[] shown = (value.length > MOST_BYTES) ? Arrays.copyOf(value, MOST_BYTES) : value;
		return new Value(key, true, value.length, shown.length, Base64.getEncoder().encodeToString(shown), cost);
	}

	static ManagedDatabase database(ManagedDatabases databases, @Nullable String name) {
		ManagedDatabase database = (name != null) ? databases.get(name) : null;
		if (database == null) {
			throw new RefusedException(404,
					"There is no database '" + name + "'. There are: " + String.join(", ", databases.names()) + ".");
		}
		return database;
	}

	/**
	 * All databases.
	 *
	 * @param actionsAllowed whether anything may be changed here
	 * @param reason why not
	 * @param actions the actions' names
	 * @param databases how each database stands, by name
	 */
	record Databases(boolean actionsAllowed, @Nullable String reason, List<String> actions,
			Map<String, DatabaseReport> databases) {
	}

	/**
	 * A page of keys.
	 *
	 * @param keys the keys, in order
	 * @param more whether others come after them
	 */
	record KeyPage(List<String> keys, boolean more) {
	}

	/**
	 * A value.
	 *
	 * @param key its key
	 * @param found whether there is one
	 * @param bytes its size
	 * @param shownBytes how much of it is here
	 * @param base64 that much of it
	 * @param cost what reading it cost
	 */
	record Value(String key, boolean found, long bytes, int shownBytes, @Nullable String base64, Cost cost) {
	}

	/**
	 * What a read cost. The figures are the whole application's while it was made, so
	 * they say whether others had a part in them.
	 *
	 * @param source where the value came from; null if nothing was read, and where others
	 * read meanwhile
	 * @param requests requests to the bucket
	 * @param bytesRead bytes that these brought
	 * @param alone whether all of it is this read's
	 */
	record Cost(@Nullable String source, long requests, long bytesRead, boolean alone) {

		static Cost between(S4DBStats before, S4DBStats after) {
			return of(before.reads(), after.reads(), after.requests().since(before.requests()));
		}

		static Cost of(ReadCounts before, ReadCounts after, RequestCounts requests) {
			long reads = 0;
			ReadSource source = null;
			for (ReadSource candidate : ReadSource.values()) {
				long count = after.from(candidate) - before.from(candidate);
				reads += count;
				source = (count > 0) ? candidate : source;
			}
			boolean needed = (source == ReadSource.BUCKET) ? requests.total() == requests.gets()
					: requests.total() == 0;
			return new Cost((reads == 1 && source != null) ? source.id() : null, requests.total(), requests.bytesRead(),
					reads <= 1 && needed);
		}

	}

}
