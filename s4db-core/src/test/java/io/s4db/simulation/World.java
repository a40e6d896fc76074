package io.s4db.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

import io.s4db.CompactionPolicy;
import io.s4db.IndexMode;
import io.s4db.engine.EngineVariant;
import io.s4db.local.SharedIdentity;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;

/**
 * What a run has: the bucket, the processes, the time, and what was written.
 */
final class World {

	static final Duration RETENTION = Duration.ofHours(1);

	/** A handful of keys, in pages of a few. */
	static final long INDEX_MEMORY = 1024;

	static final Duration ORPHAN_AGE = Duration.ofHours(1);

	static final int SHARED_KEYS = 3;

	final Random random;

	final TestClock clock = new TestClock();

	/** The bucket. */
	final ProtocolWatch watch;

	/** Of the history that the bucket has now. */
	Committed committed = new Committed();

	final LateEffects late = new LateEffects();

	final List<WriterHistory> histories = new ArrayList<>();

	final List<Client> clients = new ArrayList<>();

	final Openings openings = new Openings(this.clients);

	final Deque<String> trace = new ArrayDeque<>();

	final SimulationCounts counts;

	final SimulationSettings settings;

	final Variant variant;

	/** Nothing goes wrong, and nobody acts in between. */
	boolean quiet;

	/** How many processes are in the middle of something. */
	int depth;

	/** How often a process slept for long. */
	int stalled;

	private final Path folder;

	private final Random ids;

	/** What was written on conditions. */
	ConditionalHistory conditions = new ConditionalHistory();

	/**
	 * How often a writer writes on a condition: in some runs, and the others stay as they
	 * are.
	 */
	final double conditional;

	/** How everything is compacted: in some runs in the order of keys. */
	final CompactionPolicy full;

	/** Where each process that opens keeps its index. */
	private final Random indexModes;

	/** Decides what processes go on after, so that the other decisions stay. */
	final Random strokes;

	/** What befalls the place, the directories and the time. */
	final Upheavals upheavals;

	/** Decides that, so that the other decisions stay. */
	final Random turns;

	private int directories;

	private int values;

	World(long seed, Path folder, SimulationCounts counts, Variant variant, boolean goingOn, Upheavals upheavals) {
		this.folder = folder;
		this.counts = counts;
		this.random = new Random(seed);
		this.ids = new Random(seed ^ 0x5DEECE66DL);
		this.strokes = new Random(seed ^ 0x2545F4914F6CDD1DL);
		this.indexModes = new Random(seed ^ 0x6A09E667F3BCC909L);
		SimulationSettings drawn = SimulationSettings.draw(this.random);
		this.settings = goingOn ? drawn.goingOn(this.strokes) : drawn;
		this.variant = variant;
		this.conditional = (new Random(seed ^ 0xA9630E36257A027CL).nextInt(3) == 0) ? 0.25 : 0;
		this.full = (new Random(seed ^ 0xF95A672314A5C4B6L).nextInt(5) == 0) ? CompactionPolicy.sorted()
				: CompactionPolicy.full();
		this.watch = new ProtocolWatch(new InMemoryObjectStore(this.clock), this.settings.logItems(),
				this.settings.stalls() > 0, this.committed, this.histories);
		for (int i = 0; i < this.settings.writers(); i++) {
			Client writer = client("writer-" + (i + 1), false);
			writer.history = history();
			this.clients.add(writer);
		}
		this.clients.add(client("reader", true));
		this.upheavals = upheavals;
		this.turns = new Random(seed ^ 0x1F83D9ABFB41BD6BL);
		if (upheavals.guests()) {
			Client guest = client("guest", true);
			guest.guest = true;
			this.clients.add(guest);
		}
	}

	/** Processes with each mode are there side by side, unless all are in memory. */
	IndexMode nextIndexMode() {
		if (!this.variant.paged()) {
			return IndexMode.MEMORY;
		}
		return IndexMode.values()[this.indexModes.nextInt(IndexMode.values().length)];
	}

	WriterHistory history() {
		WriterHistory history = new WriterHistory("w" + (this.histories.size() + 1) + "/");
		this.histories.add(history);
		return history;
	}

	Client client(String name, boolean reader) {
		return new Client(name, reader, newDirectory(),
				new FaultyObjectStore(this.watch, this.late, (call) -> Fault.NONE));
	}

	Path newDirectory() {
		return this.folder.resolve("d" + ++this.directories);
	}

	/** Something was thrown that no store throws. */
	void stroke() {
		this.counts.stroke();
	}

	void passTime() {
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

	/** Requests that were under way have ended long before. */
	void passMonths() {
		this.late.arrive();
		this.clock.pass(Duration.ofDays(20 + this.turns.nextInt(381)));
		this.counts.months();
		log("months later " + this.clock.instant());
	}

	void log(String text) {
		if (this.trace.size() == 400) {
			this.trace.removeFirst();
		}
		this.trace.addLast("  ".repeat(this.depth) + text);
	}

	/** What is on disk at the moment of a crash is what the next process finds. */
	Path copyOf(Path directory) {
		Path copy = newDirectory();
		Folders.copy(directory, copy);
		return copy;
	}

	EngineVariant engine() {
		return this.variant.engine().foldingFrom(this.settings.logItems());
	}

	/** A planted bug: every directory has the same writer's id (against rule W1). */
	void shareIdIfBroken(Client client) {
		if (this.variant.writerId() != null && !client.reader) {
			try {
				SharedIdentity.plant(client.directory, this.variant.writerId());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	UUID newId() {
		return new UUID((this.ids.nextLong() & ~0xF000L) | 0x4000L, (this.ids.nextLong() >>> 2) | (1L << 63));
	}

	Map<WriterHistory, Integer> floors() {
		Map<WriterHistory, Integer> floors = new LinkedHashMap<>();
		this.histories.forEach((history) -> floors.put(history, history.floor()));
		return floors;
	}

	/** A value that was never there before, and cannot be compressed. */
	String newValue() {
		StringBuilder value = new StringBuilder().append(++this.values).append('-');
		int length = this.random.nextInt(this.settings.valueLength());
		while (value.length() < length) {
			value.append(Long.toString(this.random.nextLong() >>> 1, 36));
		}
		return value.toString();
	}

}
