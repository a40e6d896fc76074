package io.s4db.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.KeyRange;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.WriterMode;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of a run do, and what they must see.
 */
final class Processes {

	private final World world;

	private final Function<Client, FaultyObjectStore.Script> weather;

	/**
	 * @param weather what befalls a process's calls of the store
	 */
	Processes(World world, Function<Client, FaultyObjectStore.Script> weather) {
		this.world = world;
		this.weather = weather;
	}

	void open(Client client) {
		client.forget();
		Map<WriterHistory, Integer> floors = this.world.floors();
		openUnchecked(client);
		floors.forEach(client::saw);
		check(client);
	}

	void openUnchecked(Client client) {
		client.rebuilt = false;
		client.store = new FaultyObjectStore(this.world.variant.bucket().apply(this.world.watch.from(client.history)),
				this.world.late, this.weather.apply(client));
		client.exclusive = !client.reader && !client.survivor && !this.world.quiet
				&& this.world.random.nextDouble() < this.world.settings.exclusive();
		this.world.openings.begins(client);
		boolean uploadOnClose = this.world.random.nextInt(4) > 0;
		this.world
			.log(client.name + " opens " + client.directory.getFileName() + (client.exclusive ? " exclusively" : ""));
		this.world.shareIdIfBroken(client);
		S4DBOptions options = S4DBOptions.builder()
			.localDir(client.directory)
			.mode(client.reader ? Mode.READ_ONLY : Mode.READ_WRITE)
			.writers(client.exclusive ? WriterMode.EXCLUSIVE : WriterMode.SHARED)
			.checkpoint(this.world.settings.checkpoint())
			.maxFileSize(this.world.settings.maxFileSize())
			.retention(World.RETENTION)
			.orphanAge(World.ORPHAN_AGE)
			.reservationTimeout(Duration.ofMinutes(90))
			.uploadOnClose(uploadOnClose)
			.indexMode(this.world.nextIndexMode())
			.indexMemory(World.INDEX_MEMORY)
			.diskCacheSize(this.world.variant.cached() ? 1 << 20 : 0)
			.mirror(this.world.variant.mirrored() && !client.exclusive && !client.survivor)
			.durability((this.world.conditional > 0) ? Durability.STORE : Durability.PROCESS)
			.clock(this.world.clock)
			.uuids(this.world::newId)
			.executor(Runnable::run)
			.build();
		client.db = this.world.engine().open(client.store, options);
		this.world.openings.ends(client);
	}

	void write(Client client, Durability durability) {
		int n = switch (this.world.random.nextInt(4)) {
			case 0 -> 2 + this.world.random.nextInt(6);
			default -> 1;
		};
		boolean delete = this.world.random.nextInt(4) == 0;
		Map<String, String> batch = new LinkedHashMap<>();
		for (int i = 0; i < n; i++) {
			String key = (this.world.random.nextInt(6) == 0) ? "shared/" + this.world.random.nextInt(World.SHARED_KEYS)
					: client.history.prefix() + this.world.random.nextInt(25);
			if (!delete) {
				batch.put(key, this.world.newValue());
			}
			else if (client.db.containsKey(key)) {
				batch.put(key, null);
			}
		}
		if (batch.isEmpty()) {
			return;
		}
		this.world.log(client.name + (delete ? " deletes " : " puts ") + batch.keySet() + " as write "
				+ (client.history.writes() + 1) + " " + durability);
		if (client.db.stats().fenced()) {
			client.db.put(client.history.prefix() + "fenced", "");
			throw new AssertionError(client.name + " is fenced, and writes");
		}
		boolean store = durability == Durability.STORE;
		// It is written before the store is asked, whatever comes of that.
		client.history.wrote(batch);
		int write = client.history.writes();
		long pending = client.db.stats().pendingEntries();
		try {
			write(client, batch, delete, durability);
		}
		catch (SimulatedCrash ex) {
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			if (client.history.writes() == write && client.db != null && !client.store.crashed()) {
				wholeOrNot(client, batch, pending);
			}
			throw ex;
		}
		if (store) {
			client.history.committed(write);
		}
	}

	/** Writes where there is nothing, or in the place of what it sees. */
	void writeConditionally(Client client) {
		String key = ConditionalHistory.key(this.world.random.nextInt(1 << 20));
		String value = this.world.newValue();
		String expected = client.db.get(key);
		boolean absent = expected == null || this.world.random.nextInt(8) == 0;
		this.world.log(client.name + (absent ? " puts " + key + " if absent: " : " replaces " + key + ": ")
				+ Client.brief(value) + ", sees " + Client.brief(expected));
		boolean mustFail = this.world.openings.mustBeFenced(client);
		int writes = client.history.writes();
		this.world.conditions.tries(key, absent ? null : expected, value);
		boolean written = absent ? client.db.putIfAbsent(key, value) : client.db.replace(key, expected, value);
		this.world.log(client.name + ": " + Client.brief(value) + (written ? " is written" : " is refused"));
		this.world.conditions.told(key, value, written);
		if (!written) {
			return;
		}
		if (mustFail) {
			throw new AssertionError(client.name + " commits, though another writer has opened exclusively");
		}
		client.history.committed(writes);
		this.world.conditions.checkWritten(key, value, check(client).get(key));
	}

	/**
	 * A write that failed is there as a whole, or not at all.
	 * @param pending how many entries were pending before it
	 */
	private void wholeOrNot(Client client, Map<String, String> batch, long pending) {
		boolean interrupted = Thread.interrupted();
		boolean before = this.world.quiet;
		this.world.quiet = true;
		try {
			long there;
			try {
				Map<String, String> view = client.view(IterationMode.REMOTE);
				there = batch.entrySet()
					.stream()
					.filter((entry) -> Objects.equals(view.get(entry.getKey()), entry.getValue()))
					.count();
			}
			catch (S4DBException ex) {
				if (!Simulation.isOfALateIteration(ex)) {
					throw ex;
				}
				there = client.db.stats().pendingEntries() - pending;
			}
			if (there == 0) {
				this.world.log("nothing of it is there");
				client.history.takeBack(batch);
			}
			else if (there < batch.size()) {
				throw new AssertionError("Half of a write that failed is there: " + there + " of " + batch.size());
			}
		}
		finally {
			this.world.quiet = before;
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static void write(Client client, Map<String, String> batch, boolean delete, Durability durability) {
		if (delete) {
			int count = client.db.delete(batch.keySet(), durability);
			if (count != batch.size()) {
				throw new AssertionError(
						client.name + " deleted " + count + " of " + batch.size() + " keys that it has");
			}
		}
		else {
			client.db.put(batch, durability);
		}
	}

	void committing(Client client, String what, Runnable action) {
		this.world.log(client.name + " " + what);
		Map<WriterHistory, Integer> floors = this.world.floors();
		int writes = client.history.writes();
		long entries = client.history.entries();
		// What it takes for pending may have got in, unanswered, before it was fenced.
		boolean mustFail = this.world.openings.mustBeFenced(client) && !isCommitted(client, writes, entries);
		action.run();
		if (!isCommitted(client, writes, entries)) {
			throw new AssertionError(client.name + " says that it committed everything, and did not: "
					+ Client.differences(client.history, new RebuildElsewhere(this.world).view(), writes));
		}
		if (mustFail) {
			throw new AssertionError(client.name + " commits, though another writer has opened exclusively");
		}
		client.rebuilt = false;
		client.history.committed(writes);
		// Nothing pending: no request, and so nothing new from others
		floors.remove(client.history);
		check(client);
	}

	/** Whether everything is that it wrote so far. */
	private boolean isCommitted(Client client, int writes, long entries) {
		if (!client.hasCopies()) {
			return this.world.committed.has(client.history, entries);
		}
		// Others commit it as well, and some of it twice: only what is there tells.
		return client.history.when(new RebuildElsewhere(this.world).view()).nextSetBit(writes) >= 0;
	}

	void refresh(Client client) {
		this.world.log(client.name + " refreshes");
		Map<WriterHistory, Integer> floors = this.world.floors();
		client.db.refresh();
		floors.forEach(client::saw);
		check(client);
	}

	void rebuild(Client client) {
		this.world.log(client.name + " rebuilds");
		client.db.rebuildIndex();
		client.rebuilt = true;
		committing(client, "uploads the rebuilt index", client.db::upload);
	}

	void close(Client client) {
		this.world.log(client.name + " closes");
		client.closing = true;
		S4DB db = client.db;
		try {
			db.close();
		}
		finally {
			if (db == client.db) {
				client.db = null;
			}
		}
	}

	/** The process ends between two operations. */
	void kill(Client client) {
		if (client.db == null) {
			return;
		}
		this.world.log(client.name + " is killed");
		client.store.crash();
		this.world.counts.crash();
		release(client);
	}

	/** Lets go of a database whose process has ended. */
	static void release(Client client) {
		S4DB db = client.db;
		client.db = null;
		if (db != null) {
			try {
				db.close();
			}
			catch (SimulatedCrash | S4DBException ex) {
				// It cannot do anything any more, and lets go of its files.
			}
		}
	}

	void download(Client client) {
		this.world.log(client.name + " downloads");
		Map<WriterHistory, Integer> floors = this.world.floors();
		client.db.download();
		floors.forEach(client::saw);
		check(client);
	}

	void loseDirectory(Client client) {
		client.directory = this.world.newDirectory();
		client.history = this.world.history();
		client.forgetShown();
		client.forgetInherited();
		this.world.counts.loss();
		this.world.log(client.name + " lost its directory, and is " + client.history.prefix() + " now");
	}

	void read(Client client) {
		List<WriterHistory> all = this.world.histories;
		WriterHistory writer = all.get(this.world.random.nextInt(all.size()));
		String key = writer.prefix() + this.world.random.nextInt(25);
		int from = (writer == client.history) ? writer.writes() : client.seen(writer);
		String value = client.db.get(key);
		if (writer.when(key, value).nextSetBit(from) < 0) {
			throw new AssertionError(
					client.name + " reads " + Client.brief(value) + " for " + key + ", which was so after "
							+ writer.when(key, value) + " writes of " + writer + ", but must see at least " + from);
		}
	}

	void iterate(Client client) {
		IterationMode mode = this.world.random.nextBoolean() ? IterationMode.LOCAL : IterationMode.REMOTE;
		this.world.log(client.name + " iterates " + mode);
		Map<WriterHistory, Integer> from = new LinkedHashMap<>();
		this.world.histories
			.forEach((writer) -> from.put(writer, (writer == client.history) ? writer.writes() : client.seen(writer)));
		Map<String, String> view = client.view(mode);
		from.forEach((writer, writes) -> client.check(writer, view, writes));
	}

	/** Looks at everything, undisturbed. */
	Map<String, String> check(Client client) {
		boolean before = this.world.quiet;
		this.world.quiet = true;
		try {
			Map<String, String> view = client.view(IterationMode.REMOTE);
			for (WriterHistory writer : this.world.histories) {
				client.check(writer, view, (writer == client.history) ? writer.writes() : client.seen(writer));
			}
			this.world.conditions.check(client.name, view);
			for (int i = 0; i < World.SHARED_KEYS; i++) {
				this.world.committed.check(client.name, client.history, client.inherited.keySet(), "shared/" + i,
						view.get("shared/" + i));
				if (!this.world.upheavals.copies()) {
					client.checkNothingComesBack("shared/" + i, view.get("shared/" + i));
				}
			}
			if (!client.db.getAll(new ArrayList<>(view.keySet())).equals(view)) {
				throw new AssertionError(client.name + " gets other values than it iterates over");
			}
			if (!client.db.keys().equals(view.keySet()) || client.db.size() != view.size()) {
				throw new AssertionError(
						client.name + " iterates over " + view.size() + " keys, but has size " + client.db.size());
			}
			checkOrder(client, view);
			return view;
		}
		finally {
			this.world.quiet = before;
		}
	}

	/** All keys are ASCII, so that the order of strings is that of keys. */
	private static void checkOrder(Client client, Map<String, String> view) {
		List<Map.Entry<String, String>> scanned = new ArrayList<>();
		try (EntryIterator<String> entries = client.db.scan(KeyRange.all())) {
			entries.forEachRemaining(scanned::add);
		}
		if (!scanned.equals(List.copyOf(new TreeMap<>(view).entrySet()))) {
			throw new AssertionError(client.name + " scans " + scanned + " of " + view);
		}
		List<String> keys = new ArrayList<>();
		client.db.keys(KeyRange.prefix("shared/").reversed()).forEachRemaining(keys::add);
		if (!keys.equals(List.copyOf(new TreeMap<>(view).descendingMap().subMap("shared0", "shared/").keySet()))) {
			throw new AssertionError(client.name + " has the shared keys " + keys + " of " + view);
		}
	}

}
