package io.s4db.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.CorruptDataException;
import io.s4db.DatabaseReplacedException;
import io.s4db.Durability;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.WriterFencedException;
import io.s4db.format.StoreLayout;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * The bucket is emptied and written anew, or an older state of it is put back and written
 * on. Others go on there; who was there before survives, open or closed. A survivor shows
 * the former history or says what happened; a reader may go over to the new one, as a
 * whole. None of them changes the new one, or loses what it has pending: with the former
 * bucket put back all of it gets in. Once in a run.
 */
final class OtherHistories {

	/** What a survivor is told. */
	private static final List<String> TOLD = List.of("another history", "went back from commit", "is gone. Restore it",
			"belongs to database", "it was replaced by an older one", "does not know all that writer",
			"Another writer went on while the index was rebuilt");

	private final World world;

	private final Processes processes;

	/** To go back to. */
	private @Nullable Saved saved;

	private @Nullable Former former;

	private final List<Client> survivors = new ArrayList<>();

	/**
	 * A state of the bucket.
	 *
	 * @param writes how many writes of each writer are in it
	 */
	private record Saved(Map<String, byte[]> objects, ProtocolWatch.State watch, Committed committed,
			ConditionalHistory conditions, Map<WriterHistory, Integer> writes) {
	}

	/**
	 * The history that was there before.
	 *
	 * @param now what there is of each writer in the new one; empty if that has none
	 */
	private record Former(List<WriterHistory> histories, Committed committed, ConditionalHistory conditions,
			Map<String, byte[]> objects, Map<WriterHistory, WriterHistory> now) {
	}

	OtherHistories(World world, Processes processes) {
		this.world = world;
		this.processes = processes;
	}

	/** Between two steps. */
	void turn() {
		if (this.former != null) {
			if (!this.survivors.isEmpty() && this.world.turns.nextInt(2) == 0) {
				step(this.survivors.get(this.world.turns.nextInt(this.survivors.size())));
			}
			return;
		}
		if (this.world.watch.manifest() == null) {
			return;
		}
		boolean restores = this.world.upheavals.restored();
		if (restores && (this.saved == null || this.world.turns.nextInt(30) == 0)) {
			this.saved = save();
			this.world.log("the bucket is saved");
		}
		else if (this.world.turns.nextInt(25) == 0 && allAreBound() && (!restores || isOlder(this.saved))) {
			renew(restores ? this.saved : null);
		}
	}

	private boolean isOlder(Saved state) {
		return state.watch().manifest().seq() < this.world.watch.manifest().seq();
	}

	/**
	 * Who never saw a manifest cannot tell whose it will be. This one would go on with
	 * the new history, and rightly so.
	 */
	private boolean allAreBound() {
		return this.world.clients.stream()
			.allMatch((client) -> client.reader || client.history.writes() == 0 || isBound(client.directory));
	}

	private static boolean isBound(Path directory) {
		try {
			Path file = directory.resolve(StoreLayout.DATABASE);
			return Files.exists(file) && Files.readString(file, StandardCharsets.ISO_8859_1).contains("\"database\"");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Map<String, byte[]> objects() {
		Map<String, byte[]> objects = new TreeMap<>();
		try (Stream<ObjectInfo> all = this.world.watch.list("")) {
			all.forEach((object) -> objects.put(object.name(), this.world.watch.get(object.name()).bytes()));
		}
		return objects;
	}

	private Saved save() {
		Map<WriterHistory, Integer> writes = new IdentityHashMap<>();
		Map<WriterHistory, WriterHistory> same = new IdentityHashMap<>();
		for (WriterHistory history : this.world.histories) {
			writes.put(history, history.writesOf(this.world.committed.count(history)));
			same.put(history, history);
		}
		return new Saved(objects(), this.world.watch.state(), this.world.committed.copy(same),
				this.world.conditions.copy(), writes);
	}

	/**
	 * Puts an older state back, or none.
	 */
	private void renew(@Nullable Saved state) {
		this.world.late.arrive();
		this.world.clock.pass(Duration.ofMinutes(2));
		Map<WriterHistory, WriterHistory> now = new IdentityHashMap<>();
		this.former = new Former(List.copyOf(this.world.histories), this.world.committed, this.world.conditions,
				objects(), now);
		for (Client client : List.copyOf(this.world.clients)) {
			// To who has not seen more than the state that is back, nothing happened.
			boolean behind = client.db != null && !client.reader
					&& client.db.stats().seq() <= ((state != null) ? state.watch().manifest().seq() : 0);
			if (client.guest || behind || this.world.turns.nextInt(4) == 0) {
				this.processes.kill(client);
			}
			if (!client.guest && (!client.reader || client.db != null)) {
				client.survivor = true;
				this.survivors.add(client);
			}
		}
		List<Client> before = List.copyOf(this.world.clients);
		this.world.clients.clear();
		this.former.objects().keySet().forEach(this.world.watch::clear);
		this.world.histories.clear();
		if (state == null) {
			this.world.committed = new Committed();
			this.world.conditions = new ConditionalHistory();
			this.world.watch.begin(null, this.world.committed);
		}
		else {
			for (WriterHistory history : this.former.histories()) {
				WriterHistory cut = history.first(state.writes().getOrDefault(history, 0));
				now.put(history, cut);
				this.world.histories.add(cut);
			}
			this.world.committed = state.committed().copy(now);
			this.world.conditions = state.conditions();
			state.objects().forEach(this.world.watch::putBack);
			this.world.watch.begin(state.watch(), this.world.committed);
		}
		for (Client client : before) {
			client.forgetShown();
			Client next = client.guest ? client : this.world.client(client.name + "'", client.reader);
			next.history = client.reader ? null : this.world.history();
			this.world.clients.add(next);
		}
		this.world.counts.renewal();
		this.world.log((state == null) ? "the bucket is emptied, of " + this.former.objects().size() + " objects"
				: "the bucket is put back to " + state.watch().manifest().seq());
		if (this.world.turns.nextInt(3) > 0) {
			writeAnew();
		}
	}

	/** Somebody commits there before anyone else comes. */
	private void writeAnew() {
		boolean quiet = this.world.quiet;
		this.world.quiet = true;
		try {
			Client writer = this.world.clients.get(0);
			this.processes.open(writer);
			for (int i = this.world.turns.nextInt(12); i >= 0; i--) {
				Map<String, String> entry = Map.of(writer.history.prefix() + this.world.turns.nextInt(8),
						this.world.newValue());
				writer.history.wrote(entry);
				writer.db.put(entry);
				if (this.world.turns.nextBoolean()) {
					this.processes.committing(writer, "uploads", writer.db::upload);
				}
			}
			this.processes.committing(writer, "uploads", writer.db::upload);
		}
		finally {
			this.world.quiet = quiet;
		}
	}

	private void step(Client survivor) {
		this.world.depth++;
		survivor.busy = true;
		int faults = survivor.store.faults();
		FaultyObjectStore before = survivor.store;
		try {
			this.world.counts.operation();
			if (survivor.db == null) {
				openAgain(survivor);
			}
			else {
				act(survivor);
			}
		}
		catch (SimulatedCrash ex) {
			this.world.log(survivor.name + " crashes: " + ex.getMessage());
			this.world.counts.crash();
			Processes.release(survivor);
		}
		catch (OutOfMemoryError | SimulatedBug ex) {
			this.world.log(survivor.name + " goes on after " + ex.getMessage());
		}
		catch (S4DBException ex) {
			boolean faulty = survivor.store.faults() > ((survivor.store == before) ? faults : 0);
			this.world.log(survivor.name + " fails: " + ex);
			// What it reads may be another file of that name, or be gone.
			if (!faulty && !(ex instanceof CorruptDataException) && !(ex instanceof WriterFencedException)
					&& !Simulation.isOfALateIteration(ex)
					&& TOLD.stream().noneMatch(String.valueOf(ex.getMessage())::contains)) {
				throw ex;
			}
			this.world.counts.failure();
			if (ex instanceof DatabaseReplacedException && survivor.db != null) {
				staysReplaced(survivor);
			}
		}
		finally {
			Thread.interrupted();
			if (survivor.db != null && survivor.store.crashed()) {
				this.world.counts.crash();
				Processes.release(survivor);
			}
			survivor.busy = false;
			survivor.closing = false;
			this.world.depth--;
		}
	}

	/** Every further call says so. */
	private static void staysReplaced(Client survivor) {
		try {
			survivor.db.get("shared/0");
		}
		catch (DatabaseReplacedException ex) {
			return;
		}
		if (!survivor.reader) {
			throw new AssertionError(survivor.name + " goes on after its database was replaced");
		}
	}

	private void act(Client survivor) {
		switch (this.world.turns.nextInt(survivor.reader ? 4 : 10)) {
			case 0, 1 -> look(survivor);
			case 2 -> read(survivor);
			case 3 -> refresh(survivor);
			case 4, 5 -> write(survivor);
			case 6 -> upload(survivor);
			case 7 -> {
				this.world.log(survivor.name + " compacts");
				survivor.db.compact(CompactionPolicy.full());
			}
			case 8 -> {
				this.world.log(survivor.name + " makes the index anew");
				// Where there is nothing at all, that is how to begin anew.
				if (this.former.now().isEmpty() && this.world.watch.manifest() != null) {
					survivor.db.rebuildIndex();
				}
				upload(survivor);
			}
			default -> {
				if (this.world.turns.nextBoolean()) {
					this.processes.kill(survivor);
				}
				else {
					this.processes.close(survivor);
				}
			}
		}
	}

	private void write(Client survivor) {
		Map<String, String> entry = Map.of(survivor.history.prefix() + this.world.turns.nextInt(25),
				this.world.newValue());
		this.world.log(survivor.name + " puts " + entry.keySet());
		survivor.history.wrote(entry);
		boolean quiet = this.world.quiet;
		this.world.quiet = true;
		try {
			survivor.db.put(entry, Durability.PROCESS);
		}
		catch (S4DBException ex) {
			survivor.history.takeBack(entry);
			throw ex;
		}
		finally {
			this.world.quiet = quiet;
		}
	}

	private void upload(Client survivor) {
		this.world.log(survivor.name + " uploads");
		long pending = survivor.db.stats().pendingEntries();
		survivor.db.upload();
		if (pending > 0) {
			throw new AssertionError(survivor.name + " says that it committed, in a history that is not its own");
		}
	}

	private void refresh(Client survivor) {
		this.world.log(survivor.name + " refreshes");
		survivor.db.refresh();
		if (this.world.watch.manifest() == null) {
			look(survivor);
		}
		else if (!survivor.reader) {
			throw new AssertionError(survivor.name + " does not notice that it is another history");
		}
		else {
			goOver(survivor);
		}
	}

	/** It shows the new history from now on. */
	private void goOver(Client reader) {
		reader.forget();
		reader.forgetShown();
		this.processes.check(reader);
		this.world.log(reader.name + " has gone over");
		reader.survivor = false;
		this.survivors.remove(reader);
		this.world.clients.add(reader);
	}

	private void read(Client survivor) {
		WriterHistory writer = this.former.histories().get(this.world.turns.nextInt(this.former.histories().size()));
		String key = writer.prefix() + this.world.turns.nextInt(25);
		String value = survivor.db.get(key);
		this.world.log(survivor.name + " reads " + key + ": " + Client.brief(value));
		int from = (writer == survivor.history) ? writer.writes() : 0;
		if (writer.when(key, value).nextSetBit(from) < 0) {
			if (!survivor.reader && !isHereNow(key, value)) {
				throw new AssertionError(survivor.name + " reads " + Client.brief(value) + " for " + key
						+ ", which is not of the history that it opened");
			}
			if (survivor.reader) {
				goOver(survivor);
			}
		}
	}

	/**
	 * Whether the new history has it: who has not looked at the manifest since finds what
	 * stands at the same place now.
	 */
	private boolean isHereNow(String key, @Nullable String value) {
		return value != null && (ConditionalHistory.isConditional(key) ? this.world.conditions.isTried(key, value)
				: this.world.histories.stream().anyMatch((writer) -> writer.gave(key, value)));
	}

	/** It shows all of one history, and nothing of the other. */
	private void look(Client survivor) {
		this.world.log(survivor.name + " iterates");
		Map<String, String> view;
		try {
			view = survivor.db.getAll(new ArrayList<>(survivor.view(IterationMode.REMOTE).keySet()));
		}
		catch (DatabaseReplacedException ex) {
			if (!survivor.reader) {
				throw ex;
			}
			goOver(survivor);
			return;
		}
		if (!survivor.reader) {
			// Who has not looked since finds what stands at the same places now.
			view.entrySet().removeIf((entry) -> isHereNow(entry.getKey(), entry.getValue()));
			return;
		}
		String problem = differsFromFormer(survivor, view);
		if (problem == null) {
			return;
		}
		if (!survivor.reader) {
			throw new AssertionError(survivor.name + " shows what is not of the history that it opened: " + problem);
		}
		goOver(survivor);
	}

	private @Nullable String differsFromFormer(Client survivor, Map<String, String> view) {
		for (WriterHistory writer : this.former.histories()) {
			if (writer.when(view).nextSetBit((writer == survivor.history) ? writer.writes() : 0) < 0) {
				return "of " + writer + " " + view;
			}
		}
		for (Map.Entry<String, String> entry : view.entrySet()) {
			String key = entry.getKey();
			boolean known = ConditionalHistory.isConditional(key)
					? this.former.conditions().isTried(key, entry.getValue())
					: this.former.histories().stream().anyMatch((writer) -> writer.gave(key, entry.getValue()));
			if (!known) {
				return key + " = " + Client.brief(entry.getValue());
			}
		}
		return null;
	}

	/** It is refused, and its directory untouched; or it belongs to the new history. */
	private void openAgain(Client survivor) {
		if (survivor.reader) {
			this.survivors.remove(survivor);
			return;
		}
		Map<String, String> files = SameHost.files(survivor.directory);
		boolean pending = !this.former.committed().has(survivor.history, survivor.history.entries());
		try {
			this.processes.openUnchecked(survivor);
		}
		catch (SimulatedCrash ex) {
			throw ex;
		}
		catch (S4DBException ex) {
			Map<String, String> left = SameHost.files(survivor.directory);
			left.keySet().retainAll(files.keySet());
			// A copy may have said already that another writer goes on in it.
			left.put(StoreLayout.WRITER, "");
			files.put(StoreLayout.WRITER, "");
			if (!left.equals(files) && pending) {
				throw new AssertionError(survivor.directory + " was refused, and changed: " + files + " is now " + left,
						ex);
			}
			this.world.counts.refusal();
			throw ex;
		}
		WriterHistory now = this.former.now().get(survivor.history);
		boolean quiet = this.world.quiet;
		this.world.quiet = true;
		try {
			Map<String, String> view = survivor.view(IterationMode.REMOTE);
			if (now == null) {
				if (pending) {
					throw new AssertionError(survivor.name + " takes up what it wrote to a database that is gone");
				}
				now = this.world.history();
			}
			else {
				goOnAs(survivor, now, view);
			}
		}
		finally {
			this.world.quiet = quiet;
		}
		this.processes.kill(survivor);
		survivor.survivor = false;
		survivor.history = now;
		survivor.forgetShown();
		this.survivors.remove(survivor);
		this.world.clients.add(survivor);
		this.world.log(survivor.name + " goes on as " + now);
	}

	/** What it has pending stands on the state that is back, and all of that does. */
	private void goOnAs(Client survivor, WriterHistory now, Map<String, String> view) {
		WriterHistory history = survivor.history;
		int committed = history.writesOf(this.former.committed().count(history));
		int back = now.writes();
		int dropped = history.writesOf(history.entries() - survivor.db.stats().pendingEntries());
		now.goOnAs(history, back, dropped);
		if (dropped > Math.max(back, committed) || !now.when(view).get(now.writes())) {
			throw new AssertionError(survivor.name + " lost what it had pending for a state that is back: " + history
					+ ", of which " + committed + " were committed and " + back + " are back, but " + dropped
					+ " are not pending: " + Client.differences(now, view, now.writes()));
		}
	}

	/** With the former bucket put back, all that survivors wrote gets in. */
	void prove() {
		if (this.former == null) {
			return;
		}
		ObjectStore bucket = new ForwardingObjectStore(new InMemoryObjectStore(this.world.clock)) {

			@Override
			public String description() {
				return OtherHistories.this.world.watch.description();
			}

		};
		this.former.objects().forEach((name, bytes) -> bucket.put(name, ObjectContent.of(bytes), PutCondition.none()));
		RebuildElsewhere elsewhere = new RebuildElsewhere(this.world);
		for (Client survivor : this.survivors) {
			Processes.release(survivor);
			if (!survivor.reader) {
				this.world.log(survivor.name + " goes back to its history with " + survivor.directory.getFileName());
				try (S4DB db = elsewhere.open(bucket, survivor.directory)) {
					survivor.db = db;
					check(survivor, survivor.view(IterationMode.REMOTE));
					db.upload();
				}
				finally {
					survivor.db = null;
				}
				this.world.counts.returned();
			}
		}
		Map<String, String> view = elsewhere.view(bucket);
		this.survivors.stream().filter((survivor) -> !survivor.reader).forEach((survivor) -> check(survivor, view));
	}

	private static void check(Client survivor, Map<String, String> view) {
		if (!survivor.history.when(view).get(survivor.history.writes())) {
			throw new AssertionError(
					survivor.name + " lost what it had pending, with its history put back: " + survivor.history);
		}
	}

	/** Whose disks and stores are let go of. */
	List<Client> survivors() {
		return this.survivors;
	}

}
