package io.s4db.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.CorruptDataException;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.VerifyReport;
import io.s4db.WriterFencedException;
import io.s4db.WriterMode;
import io.s4db.engine.EngineVariant;
import io.s4db.format.StoreLayout;
import io.s4db.local.WriterIdentity;
import io.s4db.store.InMemoryObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import org.jspecify.annotations.Nullable;

/**
 * One run, decided by its seed alone: one or two writers and a reader on one bucket, in
 * one thread; what another process does while a request is under way happens at that
 * request. What they see is held against the writers' histories.
 */
final class Simulation {

	static final Duration RETENTION = Duration.ofHours(1);

	private static final Duration ORPHAN_AGE = Duration.ofHours(1);

	private static final int SHARED_KEYS = 3;

	private final long seed;

	private final Path folder;

	private final Random random;

	private final Random ids;

	private final TestClock clock = new TestClock();

	private final ObjectStore bucket;

	private final LateEffects late = new LateEffects();

	private final List<WriterHistory> histories = new ArrayList<>();

	private final List<Client> clients = new ArrayList<>();

	private final Deque<String> trace = new ArrayDeque<>();

	private final SimulationCounts counts;

	private final SimulationSettings settings;

	private final Variant variant;

	private final ProtocolWatch watch;

	private final Openings openings = new Openings(this.clients);

	private boolean quiet;

	private int depth;

	private int stalled;

	private int directories;

	private int values;

	Simulation(long seed, Path folder, SimulationCounts counts, Variant variant) {
		this.seed = seed;
		this.folder = folder;
		this.counts = counts;
		this.random = new Random(seed);
		this.ids = new Random(seed ^ 0x5DEECE66DL);
		this.settings = SimulationSettings.draw(this.random);
		this.variant = variant;
		this.watch = new ProtocolWatch(new InMemoryObjectStore(this.clock), this.settings.logItems(),
				this.settings.stalls() > 0);
		this.bucket = this.watch;
		for (int i = 0; i < this.settings.writers(); i++) {
			Client writer = client("writer-" + (i + 1), false);
			writer.history = history();
			this.clients.add(writer);
		}
		this.clients.add(client("reader", true));
	}

	private WriterHistory history() {
		WriterHistory history = new WriterHistory("w" + (this.histories.size() + 1) + "/");
		this.histories.add(history);
		return history;
	}

	private Client client(String name, boolean reader) {
		return new Client(name, reader, newDirectory(),
				new FaultyObjectStore(this.bucket, this.late, (call) -> Fault.NONE));
	}

	private Path newDirectory() {
		return this.folder.resolve("d" + (++this.directories));
	}

	/** Runs it. */
	void run() {
		try {
			int steps = 30 + this.random.nextInt(90);
			for (int i = 0; i < steps; i++) {
				if (this.random.nextInt(25) == 0) {
					passTime();
				}
				if (this.random.nextInt(30) == 0 && this.watch.manifest() != null) {
					rebuildElsewhere();
				}
				step(this.clients.get(this.random.nextInt(this.clients.size())));
			}
			settle();
			this.counts.finished(this.histories, this.late.applied());
		}
		catch (RuntimeException | Error ex) {
			throw new AssertionError(
					"Simulation with seed " + this.seed + " failed; replay it with -Ds4db.simulation.seed=" + this.seed
							+ ": " + ex + "\n  " + this.settings + "\n  " + String.join("\n  ", this.trace),
					ex);
		}
		finally {
			for (Client client : this.clients) {
				client.store.crash();
				release(client);
			}
		}
	}

	private void passTime() {
		if (this.random.nextInt(3) == 0) {
			// Requests time out well below the retention.
			this.late.arrive();
			this.clock.pass(Duration.ofMinutes(20 + this.random.nextInt(120)));
		}
		else {
			this.clock.pass(Duration.ofSeconds(this.random.nextInt(100)));
		}
		log("clock " + this.clock.instant());
	}

	private void log(String text) {
		if (this.trace.size() == 400) {
			this.trace.removeFirst();
		}
		this.trace.addLast("  ".repeat(this.depth) + text);
	}

	/** What befalls a client's calls. */
	private final class Weather implements FaultyObjectStore.Script {

		private final Client client;

		private Weather(Client client) {
			this.client = client;
		}

		@Override
		public Fault decide(FaultyObjectStore.Call call) {
			if (Simulation.this.quiet) {
				return Fault.NONE;
			}
			Fault fault = fault(call);
			if (Simulation.this.depth < 3
					&& Simulation.this.random.nextDouble() < Simulation.this.settings.interleaving()) {
				between(this.client);
			}
			if (Simulation.this.depth < 3 && Simulation.this.random.nextDouble() < Simulation.this.settings.stalls()) {
				stall(this.client);
			}
			log(this.client.name + " " + call + ((fault != Fault.NONE) ? " " + fault : ""));
			return fault;
		}

		private Fault fault(FaultyObjectStore.Call call) {
			Random random = Simulation.this.random;
			if (random.nextDouble() < Simulation.this.settings.crashRate()) {
				return random.nextBoolean() ? Fault.CRASH_BEFORE : Fault.CRASH_AFTER;
			}
			if (call.isPut() && call.name().equals(StoreLayout.INDEX)
					&& random.nextDouble() < Simulation.this.settings.checkpointFaultRate()) {
				return Fault.FAIL_BEFORE;
			}
			if (random.nextDouble() >= Simulation.this.settings.faultRate()) {
				return Fault.NONE;
			}
			return switch (random.nextInt(5)) {
				case 0 -> Fault.FAIL_BEFORE;
				case 1 -> Fault.FAIL_AFTER;
				case 2 -> Fault.LATE;
				case 3 -> call.isPut() ? Fault.OWN_PRECONDITION : Fault.FAIL_AFTER;
				default ->
					(call.kind().equals("range") || call.kind().equals("open")) ? Fault.SHORT_READ : Fault.FAIL_BEFORE;
			};
		}

		@Override
		public int lateness() {
			return Simulation.this.random.nextInt(20);
		}

		@Override
		public void crashed() {
			this.client.directory = copyOf(this.client.directory);
		}

	}

	/** What is on disk at the moment of a crash is what the next process finds. */
	private Path copyOf(Path directory) {
		Path copy = newDirectory();
		Folders.copy(directory, copy);
		return copy;
	}

	/** A process sleeps for more than an hour, between two of its requests. */
	private void stall(Client client) {
		this.late.arrive();
		this.clock.pass(Duration.ofMinutes(61 + this.random.nextInt(120)));
		this.stalled++;
		log(client.name + " wakes up at " + this.clock.instant() + ", after");
		for (int i = this.random.nextInt(4); i > 0; i--) {
			between(client);
		}
	}

	/**
	 * While a client waits for an answer, another does something, or it is written to.
	 */
	private void between(Client waiting) {
		Client other = this.clients.get(this.random.nextInt(this.clients.size()));
		if (other == waiting || other.busy) {
			if (!other.reader && other.db != null && !other.closing && !other.store.crashed()) {
				this.depth++;
				try {
					write(other, Durability.PROCESS);
				}
				catch (WriterFencedException ex) {
					log(other.name + " is fenced, and cannot write");
				}
				finally {
					this.depth--;
				}
			}
			return;
		}
		step(other);
	}

	private void step(Client client) {
		this.depth++;
		client.busy = true;
		int stalled = this.stalled;
		int faults = client.store.faults();
		int shortReads = client.store.shortReads();
		FaultyObjectStore before = client.store;
		try {
			this.counts.operation();
			if (client.db == null) {
				open(client);
			}
			else if (client.reader) {
				readerStep(client);
			}
			else {
				writerStep(client);
			}
		}
		catch (SimulatedCrash ex) {
			log(client.name + " crashes: " + ex.getMessage());
			this.counts.crash();
			release(client);
		}
		catch (WriterFencedException ex) {
			log(client.name + " is fenced");
			if (!this.openings.mayBeFenced(client)) {
				throw new AssertionError(client.name + " is fenced, but nobody opened for exclusive writing", ex);
			}
			this.counts.failure();
			release(client);
		}
		catch (S4DBException ex) {
			if (client.store.crashed()) {
				return;
			}
			log(client.name + " fails: " + ex);
			int more = (client.store == before) ? 0 : -faults;
			boolean faulty = client.store.faults() > faults + more;
			boolean torn = client.store.shortReads() > ((client.store == before) ? shortReads : 0);
			boolean overslept = this.stalled > stalled && isOfOversleeping(ex);
			if (!overslept && !isExpected(client, ex, faulty, torn)) {
				throw ex;
			}
			this.counts.failure();
		}
		finally {
			if (client.db != null && client.store.crashed()) {
				// Another request was under way, whose failure is what was reported.
				log(client.name + " has crashed");
				this.counts.crash();
				release(client);
			}
			client.busy = false;
			client.closing = false;
			this.depth--;
		}
	}

	/** Whether files may be gone since it slept for longer than the retention. */
	private static boolean isOfOversleeping(S4DBException ex) {
		String message = String.valueOf(ex.getMessage());
		return message.contains("is not in the store, though the manifest says so")
				|| message.startsWith("Another process deleted data files while the index was made");
	}

	private boolean isExpected(Client client, S4DBException ex, boolean faulty, boolean torn) {
		String message = String.valueOf(ex.getMessage());
		return (ex instanceof StoreUnavailableException && faulty) || torn
				|| (message.startsWith("Another process compacts this database") && !this.openings.isAlone(client))
				|| message.startsWith("This compaction took too long")
				|| message.startsWith("Another writer went on while the index was rebuilt")
				|| message.contains("but somebody else created it. Everything is as it was")
				|| message.contains("and its retention passed, while this iteration ran");
	}

	/** Lets go of a database whose process has ended. */
	private static void release(Client client) {
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

	private void open(Client client) {
		client.forget();
		client.rebuilt = false;
		Map<WriterHistory, Integer> floors = floors();
		client.store = new FaultyObjectStore(this.variant.bucket().apply(this.bucket), this.late, new Weather(client));
		client.exclusive = !client.reader && !this.quiet && this.random.nextDouble() < this.settings.exclusive();
		this.openings.begins(client);
		boolean uploadOnClose = this.random.nextInt(4) > 0;
		log(client.name + " opens " + client.directory.getFileName() + (client.exclusive ? " exclusively" : ""));
		shareIdIfBroken(client);
		S4DBOptions options = S4DBOptions.builder()
			.localDir(client.directory)
			.mode(client.reader ? Mode.READ_ONLY : Mode.READ_WRITE)
			.writers(client.exclusive ? WriterMode.EXCLUSIVE : WriterMode.SHARED)
			.checkpoint(this.settings.checkpoint())
			.maxFileSize(this.settings.maxFileSize())
			.retention(RETENTION)
			.orphanAge(ORPHAN_AGE)
			.reservationTimeout(Duration.ofMinutes(90))
			.uploadOnClose(uploadOnClose)
			.clock(this.clock)
			.uuids(this::newId)
			.executor(Runnable::run)
			.build();
		client.db = engine().open(client.store, options);
		this.openings.ends(client);
		floors.forEach(client::saw);
		check(client);
	}

	private EngineVariant engine() {
		return this.variant.engine().foldingFrom(this.settings.logItems());
	}

	/** A planted bug: every directory has the same writer's id (against rule W1). */
	private void shareIdIfBroken(Client client) {
		if (this.variant.writerId() != null && !client.reader) {
			try {
				Files.createDirectories(client.directory);
				if (!Files.exists(client.directory.resolve(StoreLayout.WRITER))) {
					WriterIdentity.create(this.variant.writerId()).write(client.directory);
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	UUID newId() {
		return new UUID((this.ids.nextLong() & ~0xF000L) | 0x4000L, (this.ids.nextLong() >>> 2) | (1L << 63));
	}

	private Map<WriterHistory, Integer> floors() {
		Map<WriterHistory, Integer> floors = new LinkedHashMap<>();
		this.histories.forEach((history) -> floors.put(history, history.floor()));
		return floors;
	}

	private void readerStep(Client client) {
		switch (this.random.nextInt(10)) {
			case 0, 1, 2 -> read(client);
			case 3 -> iterate(client);
			case 4, 5, 6 -> refresh(client);
			case 7 -> {
				log("reader downloads");
				Map<WriterHistory, Integer> floors = floors();
				client.db.download();
				floors.forEach(client::saw);
				check(client);
			}
			case 8 -> close(client);
			default -> kill(client);
		}
	}

	private void writerStep(Client client) {
		int dice = this.random.nextInt(100);
		if (dice < 34) {
			write(client, (this.random.nextInt(12) == 0) ? Durability.STORE : Durability.PROCESS);
		}
		else if (dice < 46) {
			read(client);
		}
		else if (dice < 50) {
			iterate(client);
		}
		else if (dice < 68) {
			committing(client, "uploads", client.db::upload);
		}
		else if (dice < 76) {
			refresh(client);
		}
		else if (dice < 80) {
			committing(client, "compacts", client.db::compact);
		}
		else if (dice < 85) {
			CompactionPolicy policy = this.random.nextBoolean() ? CompactionPolicy.partial(0.4)
					: new CompactionPolicy(0.95, 0);
			committing(client, "compacts partly, from " + policy.garbageShare(), () -> client.db.compact(policy));
		}
		else if (dice < 86) {
			log(client.name + " flushes");
			client.db.flush();
		}
		else if (dice < 88) {
			rebuild(client);
		}
		else if (dice < 93) {
			close(client);
		}
		else if (dice < 98) {
			kill(client);
		}
		else {
			kill(client);
			loseDirectory(client);
		}
	}

	private void write(Client client, Durability durability) {
		int n = switch (this.random.nextInt(4)) {
			case 0 -> 2 + this.random.nextInt(6);
			default -> 1;
		};
		boolean delete = this.random.nextInt(4) == 0;
		Map<String, String> batch = new LinkedHashMap<>();
		for (int i = 0; i < n; i++) {
			String key = (this.random.nextInt(6) == 0) ? "shared/" + this.random.nextInt(SHARED_KEYS)
					: client.history.prefix() + this.random.nextInt(25);
			if (!delete) {
				batch.put(key, newValue());
			}
			else if (client.db.containsKey(key)) {
				batch.put(key, null);
			}
		}
		if (batch.isEmpty()) {
			return;
		}
		log(client.name + (delete ? " deletes " : " puts ") + batch.keySet() + " as write "
				+ (client.history.writes() + 1) + " " + durability);
		if (client.db.stats().fenced()) {
			client.db.put(client.history.prefix() + "fenced", "");
			throw new AssertionError(client.name + " is fenced, and writes");
		}
		boolean store = durability == Durability.STORE;
		// It is written before the store is asked, whatever comes of that.
		client.history.wrote(batch);
		batch.keySet()
			.stream()
			.filter((key) -> key.startsWith("shared/"))
			.forEach((key) -> client.pendingShared.put(key, batch.get(key)));
		int write = client.history.writes();
		if (store) {
			client.pendingShared.clear();
		}
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
		if (store) {
			client.history.committed(write);
		}
	}

	/** A value that was never there before, and cannot be compressed. */
	private String newValue() {
		StringBuilder value = new StringBuilder().append(++this.values).append('-');
		int length = this.random.nextInt(this.settings.valueLength());
		while (value.length() < length) {
			value.append(Long.toString(this.random.nextLong() >>> 1, 36));
		}
		return value.toString();
	}

	private void committing(Client client, String what, Runnable action) {
		log(client.name + " " + what);
		Map<WriterHistory, Integer> floors = floors();
		int writes = client.history.writes();
		boolean mustFail = this.openings.mustBeFenced(client) && client.db.stats().pendingEntries() > 0;
		client.pendingShared.clear();
		action.run();
		if (mustFail) {
			throw new AssertionError(client.name + " commits, though another writer has opened exclusively");
		}
		client.rebuilt = false;
		client.history.committed(writes);
		// Nothing pending: no request, and so nothing new from others
		floors.remove(client.history);
		check(client);
	}

	private void refresh(Client client) {
		log(client.name + " refreshes");
		Map<WriterHistory, Integer> floors = floors();
		client.db.refresh();
		floors.forEach(client::saw);
		check(client);
	}

	private void rebuild(Client client) {
		log(client.name + " rebuilds");
		client.db.rebuildIndex();
		client.rebuilt = true;
		committing(client, "uploads the rebuilt index", client.db::upload);
	}

	private void close(Client client) {
		log(client.name + " closes");
		client.closing = true;
		client.pendingShared.clear();
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
	private void kill(Client client) {
		if (client.db == null) {
			return;
		}
		log(client.name + " is killed");
		client.store.crash();
		this.counts.crash();
		release(client);
	}

	private void loseDirectory(Client client) {
		client.directory = newDirectory();
		client.history = history();
		client.forgetShown();
		client.pendingShared.clear();
		this.counts.loss();
		log(client.name + " lost its directory, and is " + client.history.prefix() + " now");
	}

	private void read(Client client) {
		List<WriterHistory> all = this.histories;
		WriterHistory writer = all.get(this.random.nextInt(all.size()));
		String key = writer.prefix() + this.random.nextInt(25);
		int from = (writer == client.history) ? writer.writes() : client.seen(writer);
		String value = client.db.get(key);
		if (writer.when(key, value).nextSetBit(from) < 0) {
			throw new AssertionError(
					client.name + " reads " + Client.brief(value) + " for " + key + ", which was so after "
							+ writer.when(key, value) + " writes of " + writer + ", but must see at least " + from);
		}
	}

	private void iterate(Client client) {
		IterationMode mode = this.random.nextBoolean() ? IterationMode.LOCAL : IterationMode.REMOTE;
		log(client.name + " iterates " + mode);
		Map<WriterHistory, Integer> from = new LinkedHashMap<>();
		this.histories
			.forEach((writer) -> from.put(writer, (writer == client.history) ? writer.writes() : client.seen(writer)));
		Map<String, String> view = client.view(mode);
		from.forEach((writer, writes) -> client.check(writer, view, writes));
	}

	/** Looks at everything, undisturbed. */
	private Map<String, String> check(Client client) {
		boolean before = this.quiet;
		this.quiet = true;
		try {
			Map<String, String> view = client.view(IterationMode.REMOTE);
			for (WriterHistory writer : this.histories) {
				client.check(writer, view, (writer == client.history) ? writer.writes() : client.seen(writer));
			}
			for (int i = 0; i < SHARED_KEYS; i++) {
				checkShared(client, "shared/" + i, view.get("shared/" + i));
				client.checkNothingComesBack("shared/" + i, view.get("shared/" + i));
			}
			if (!client.db.getAll(new ArrayList<>(view.keySet())).equals(view)) {
				throw new AssertionError(client.name + " gets other values than it iterates over");
			}
			if (!client.db.keys().equals(view.keySet()) || client.db.size() != view.size()) {
				throw new AssertionError(
						client.name + " iterates over " + view.size() + " keys, but has size " + client.db.size());
			}
			return view;
		}
		finally {
			this.quiet = before;
		}
	}

	private void checkShared(Client client, String key, @Nullable String value) {
		if (client.pendingShared.containsKey(key)) {
			if (!Objects.equals(client.pendingShared.get(key), value)) {
				throw new AssertionError(client.name + " does not see its own " + key);
			}
		}
		else if (value != null && this.histories.stream().noneMatch((history) -> history.gave(key, value))) {
			throw new AssertionError(client.name + " sees " + key + " as nobody wrote it");
		}
	}

	/** Gives up a rebuilt index that others left behind, for one of what there is now. */
	private void rebuildAgainIfNeeded(Client client) {
		try {
			client.db.upload();
		}
		catch (S4DBException ex) {
			if (!isExpected(client, ex, false, false)) {
				throw ex;
			}
			rebuild(client);
		}
	}

	/** No faults any more: everybody uploads, follows, and must see the same. */
	private void settle() {
		this.quiet = true;
		this.late.arrive();
		log("settles");
		if (this.settings.exclusive() > 0) {
			this.clients.forEach(this::kill);
		}
		for (Client client : this.clients) {
			while (client.db == null) {
				step(client);
			}
			if (!client.reader) {
				rebuildAgainIfNeeded(client);
			}
			if (this.watch.manifest() == null && !client.reader) {
				client.db.put(client.history.prefix() + "first", "there");
				client.history.wrote(Map.of(client.history.prefix() + "first", "there"));
				committing(client, "uploads", client.db::upload);
			}
		}
		agree();
		verify();
		rebuildElsewhere();
		for (int i = 0; i < 3; i++) {
			this.clock.pass(RETENTION.plusMinutes(61));
			for (Client client : this.clients) {
				if (!client.reader) {
					client.history.wrote(Map.of(client.history.prefix() + "last", "round " + i));
					client.db.put(client.history.prefix() + "last", "round " + i);
					if (i < 2) {
						client.db.compact((i == 0) ? CompactionPolicy.partial(0.3) : CompactionPolicy.full());
					}
				}
			}
			agree();
			rebuildElsewhere();
		}
		verify();
		if (!this.watch.manifest().obsoleteFiles().isEmpty()
				&& this.watch.manifest().obsolete().stream().allMatch((item) -> item.time() == null)) {
			throw new AssertionError("Obsolete files are never deleted: " + this.watch.manifest().obsolete());
		}
	}

	private void agree() {
		for (int round = 0; round < 2; round++) {
			for (Client client : this.clients) {
				if (!client.reader) {
					committing(client, "uploads", client.db::upload);
				}
			}
		}
		Map<String, String> agreed = null;
		for (Client client : this.clients) {
			refresh(client);
			Map<String, String> view = check(client);
			if (agreed != null && !agreed.equals(view)) {
				throw new AssertionError(
						client.name + " sees something else than the others: " + view + " but " + agreed);
			}
			agreed = view;
		}
		for (int i = 0; i < SHARED_KEYS; i++) {
			String key = "shared/" + i;
			String value = agreed.get(key);
			boolean right = this.histories.stream().noneMatch((history) -> history.wrote(key)) ? value == null
					: this.histories.stream().anyMatch((history) -> isLast(history, key, value));
			if (!right) {
				throw new AssertionError(key + " is " + Client.brief(value) + ", which is nobody's last value");
			}
		}
	}

	/** Whether that can be what remains of a writer's writes to a key. */
	private static boolean isLast(WriterHistory history, String key, @Nullable String value) {
		for (int c = history.floor(); c <= history.writes(); c++) {
			if (Objects.equals(history.value(key, c), value)) {
				return true;
			}
		}
		return false;
	}

	private void verify() {
		for (Client client : this.clients) {
			VerifyReport report = client.db.verify();
			if (!report.clean()) {
				throw new AssertionError(client.name + " verifies: " + report.findings());
			}
		}
	}

	/** A rebuild without manifest and index, of what was committed, shows the same. */
	private void rebuildElsewhere() {
		Map<String, String> expected = viewOf(EngineVariant.asItIs().open(this.bucket, plain(Mode.READ_ONLY)));
		ObjectStore copy = new InMemoryObjectStore(this.clock);
		try (Stream<ObjectInfo> objects = this.bucket.list("data_")) {
			for (ObjectInfo object : objects.sorted(Comparator.comparing(ObjectInfo::name)).toList()) {
				if (this.watch.everCommitted(StoreLayout.dataFileNumber(object.name()).orElse(-1))) {
					copy.put(object.name(), ObjectContent.of(this.bucket.get(object.name()).bytes()),
							PutCondition.none());
				}
			}
		}
		Map<String, String> view = viewOf(EngineVariant.asItIs().rebuild(copy, plain(Mode.READ_WRITE)));
		if (!expected.equals(view)) {
			java.util.Set<String> keys = new java.util.TreeSet<>(expected.keySet());
			keys.addAll(view.keySet());
			keys.removeIf((key) -> Objects.equals(expected.get(key), view.get(key)));
			throw new AssertionError(
					"A rebuild without manifest and index differs in " + keys + "; manifest: " + this.watch.manifest());
		}
	}

	private S4DBOptions plain(Mode mode) {
		return S4DBOptions.builder()
			.mode(mode)
			.clock(this.clock)
			.uuids(this::newId)
			.executor(Runnable::run)
			.uploadOnClose(false)
			.build();
	}

	private static Map<String, String> viewOf(S4DB opened) {
		try (S4DB db = opened) {
			Map<String, String> view = new LinkedHashMap<>();
			try (EntryIterator<String> entries = db.iterate(IterationMode.REMOTE)) {
				entries.forEachRemaining((entry) -> view.put(entry.getKey(), entry.getValue()));
			}
			return view;
		}
	}

}
