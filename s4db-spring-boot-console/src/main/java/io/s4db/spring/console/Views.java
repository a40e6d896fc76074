package io.s4db.spring.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.s4db.Change;
import io.s4db.CommitSummary;
import io.s4db.EntryIterator;
import io.s4db.EntryLocation;
import io.s4db.IterationMode;
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

	/** How many commits are listed, unless another number is asked for. */
	static final int COMMITS = 20;

	/** How many are at most. */
	static final int MOST_COMMITS = 200;

	/** How many keys of a commit are told. */
	static final int MOST_CHANGED = 200;

	/** The keys of a commit are in memory while they are told: of so many at most. */
	static final int MOST_ENTRIES = 1_000_000;

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

	/** A page of keys. No I/O, but a look at all of them while they are not in order. */
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

	/** The value of a key, where it stands, and what reading it cost. */
	Value value(@Nullable String name, @Nullable String key) {
		S4DB database = database(this.databases, name).database();
		if (key == null) {
			throw new RefusedException(400, "Say which key.");
		}
		S4DBStats first = database.stats();
		// First: where it stands afterwards is always the cache.
		EntryLocation location = database.locate(key);
		S4DBStats before = database.stats();
		byte[] value = database.getBytes(key);
		Cost cost = Cost.between(before, database.stats());
		if (value == null) {
			return new Value(key, false, 0, 0, null, null, 0, cost);
		}
		byte[] shown = (value.length > MOST_BYTES) ? Arrays.copyOf(value, MOST_BYTES) : value;
		return new Value(key, true, value.length, shown.length, Base64.getEncoder().encodeToString(shown), location,
				before.requests().since(first.requests()).total(), cost);
	}

	/** The entries whose keys begin so, in order; without a prefix in any order. */
	static EntryIterator<byte[]> entries(S4DB database, @Nullable String prefix) {
		return (prefix == null || prefix.isEmpty()) ? database.iterateBytes(IterationMode.REMOTE)
				: database.scanBytes(KeyRange.prefix(prefix));
	}

	/** The last commits, newest first: a HEAD for each that was not told before. */
	Commits commits(@Nullable String name, @Nullable Integer limit) {
		S4DB database = database(this.databases, name).database();
		int most = (limit != null) ? Math.max(1, Math.min(MOST_COMMITS, limit)) : COMMITS;
		S4DBStats before = database.stats();
		List<CommitSummary> commits = database.commits(most + 1);
		boolean more = commits.size() > most;
		return new Commits(more ? commits.subList(0, most) : commits, more, requests(database, before));
	}

	/**
	 * The keys of a commit: its data files' footers are read where there is no copy.
	 */
	CommitKeys commit(@Nullable String name, @Nullable Long seq, @Nullable Long file) {
		S4DB database = database(this.databases, name).database();
		if (seq == null && file == null) {
			throw new RefusedException(400, "Say which commit.");
		}
		S4DBStats before = database.stats();
		CommitSummary commit = find(database, (one) -> (seq != null) ? one.seq() == seq
				: one.kind() == CommitSummary.Kind.FILE && one.dataFiles().contains(file));
		checkSize(commit);
		Change change = database.changes(commit);
		return new CommitKeys(change.complete(), change.put().size(), first(change.put()), change.deleted().size(),
				first(change.deleted()), requests(database, before));
	}

	static void checkSize(CommitSummary commit) {
		if (commit.entries() > MOST_ENTRIES) {
			throw new RefusedException(409, "It has %,d entries: too many to show. s4db diff tells what is different."
				.formatted(commit.entries()));
		}
	}

	/** Not among all of them at once: each that was not told before is a request. */
	private static CommitSummary find(S4DB database, Predicate<CommitSummary> wanted) {
		for (int most = COMMITS; most <= 2 * MOST_COMMITS; most *= 2) {
			List<CommitSummary> commits = database.commits(most);
			CommitSummary found = commits.stream().filter(wanted).findFirst().orElse(null);
			if (found != null) {
				return found;
			}
			if (commits.size() < most) {
				break;
			}
		}
		throw new RefusedException(404, "That commit is not told any more: others, or a compaction, took its place.");
	}

	private static List<String> first(Set<String> keys) {
		return keys.stream().limit(MOST_CHANGED).sorted().toList();
	}

	private static long requests(S4DB database, S4DBStats before) {
		return database.stats().requests().since(before.requests()).total();
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
	 * @param location where its entry stands
	 * @param lookRequests requests to the bucket that finding out took, or that others
	 * made meanwhile
	 * @param cost what reading it cost
	 */
	record Value(String key, boolean found, long bytes, int shownBytes, @Nullable String base64,
			@Nullable EntryLocation location, long lookRequests, Cost cost) {
	}

	/**
	 * The last commits.
	 *
	 * @param commits newest first
	 * @param more whether there are earlier ones
	 * @param requests requests to the bucket meanwhile
	 */
	record Commits(List<CommitSummary> commits, boolean more, long requests) {
	}

	/**
	 * The keys of a commit.
	 *
	 * @param complete whether they are known
	 * @param put how many it put
	 * @param putKeys some of these
	 * @param deleted how many it deleted
	 * @param deletedKeys some of these
	 * @param requests requests to the bucket meanwhile
	 */
	record CommitKeys(boolean complete, int put, List<String> putKeys, int deleted, List<String> deletedKeys,
			long requests) {
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
