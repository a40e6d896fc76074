package io.s4db.simulation;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

import io.s4db.CompactionPolicy;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.jspecify.annotations.Nullable;

/**
 * A process that writes, uploads and compacts, and may end at one of its calls of the
 * store.
 */
final class CrashScenario {

	final TestClock clock = new TestClock();

	final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private final Random ids = new Random(42);

	private final Path folder;

	private final WriterHistory history = new WriterHistory("k");

	private final FaultyObjectStore store;

	/** Where the process's files are after its end. */
	Path directory;

	/** A planted bug: what counts as forced to disk is not. */
	boolean forcesNothing;

	/** How many writes had returned when it ended. */
	private int acknowledged;

	/** How many of them survive a power cut for certain. */
	private int onDisk;

	private @Nullable S4DB db;

	/**
	 * @param crashAt the call to crash at; 0 for none
	 * @param fault what happens there
	 */
	CrashScenario(Path folder, long crashAt, Fault fault) {
		this.folder = folder;
		this.directory = folder.resolve("first");
		this.store = new FaultyObjectStore(this.bucket, new LateEffects(), new FaultyObjectStore.Script() {

			@Override
			public Fault decide(FaultyObjectStore.Call call) {
				return (call.number() == crashAt) ? fault : Fault.NONE;
			}

			@Override
			public void crashed() {
				if (CrashScenario.this.directory.equals(folder.resolve("first"))) {
					Path left = folder.resolve("left");
					Folders.copy(CrashScenario.this.directory, left);
					CrashScenario.this.directory = left;
				}
			}

		});
	}

	WriterHistory history() {
		return this.history;
	}

	int acknowledged() {
		return this.acknowledged;
	}

	int onDisk() {
		return Math.max(this.onDisk, this.history.floor());
	}

	long calls() {
		return this.store.calls();
	}

	S4DBOptions options(Path directory) {
		return S4DBOptions.builder()
			.localDir(directory)
			.maxFileSize(1024)
			.retention(World.RETENTION)
			.durability(Durability.STORE)
			.clock(this.clock)
			.uuids(() -> new UUID((this.ids.nextLong() & ~0xF000L) | 0x4000L, (this.ids.nextLong() >>> 2) | (1L << 63)))
			.executor(Runnable::run)
			.build();
	}

	/** The process ends now, and leaves that directory. */
	void end(Path left) {
		this.directory = left;
		this.store.crash();
	}

	/** Runs to its end, or to the crash. */
	void run() {
		try {
			this.db = S4DBEngine.open(this.store, options(this.directory));
			write();
		}
		catch (SimulatedCrash ex) {
			release();
		}
	}

	private void release() {
		if (this.db != null) {
			try {
				this.db.close();
			}
			catch (SimulatedCrash ex) {
				// Its files are let go of, and nothing more.
			}
		}
	}

	private void write() {
		for (int i = 0; i < 12; i++) {
			put("k" + i, "first " + i);
		}
		batch(0, 6, "batch");
		delete("k3", "k7");
		upload();
		for (int i = 4; i < 16; i++) {
			put("k" + i, "second " + "y".repeat(40 * i));
		}
		delete("k8");
		upload();
		put("k3", "back");
		compact(CompactionPolicy.partial(0.3));
		batch(10, 14, "after");
		delete("k0");
		upload();
		compact(CompactionPolicy.full());
		for (int i = 0; i < 3; i++) {
			this.clock.pass(World.RETENTION.plus(Duration.ofMinutes(1)));
			put("k" + (20 + i), "later");
			upload();
		}
		delete("k20");
		compact(CompactionPolicy.full());
		put("k30", "last");
		this.history.wrote(Map.of("k31", "stored"));
		this.db.put(Map.of("k31", "stored"), Durability.STORE);
		this.acknowledged = this.history.writes();
		this.history.committed(this.acknowledged);
		this.history.wrote(Map.of("k33", "if absent"));
		if (!this.db.putIfAbsent("k33", "if absent")) {
			throw new AssertionError("Nobody else wrote it");
		}
		this.acknowledged = this.history.writes();
		this.history.committed(this.acknowledged);
		put("k32", "at last");
		int writes = this.history.writes();
		this.db.close();
		this.history.committed(writes);
	}

	private void put(String key, String value) {
		write(Map.of(key, value));
	}

	private void batch(int from, int to, String value) {
		Map<String, String> batch = new LinkedHashMap<>();
		for (int i = from; i < to; i++) {
			batch.put("k" + i, value + i);
		}
		write(batch);
	}

	private void delete(String... keys) {
		Map<String, String> batch = new LinkedHashMap<>();
		for (String key : keys) {
			batch.put(key, null);
		}
		write(batch);
	}

	/** Every third write is forced to disk. */
	private void write(Map<String, String> batch) {
		this.history.wrote(batch);
		boolean force = this.history.writes() % 3 == 0;
		Durability durability = (force && !this.forcesNothing) ? Durability.DISK : Durability.PROCESS;
		if (batch.values().stream().anyMatch(java.util.Objects::isNull)) {
			this.db.delete(batch.keySet(), durability);
		}
		else {
			this.db.put(batch, durability);
		}
		this.acknowledged = this.history.writes();
		if (force) {
			this.onDisk = this.acknowledged;
		}
	}

	private void upload() {
		int writes = this.history.writes();
		this.db.upload();
		this.history.committed(writes);
	}

	private void compact(CompactionPolicy policy) {
		int writes = this.history.writes();
		this.db.compact(policy);
		this.history.committed(writes);
	}

	/** Opens the database as it was left. */
	S4DB reopen(boolean directoryKept) {
		S4DBOptions options = options(directoryKept ? this.directory : this.folder.resolve("new"));
		return S4DBEngine.open(this.bucket, options);
	}

	static Map<String, String> view(S4DB db) {
		Map<String, String> view = new HashMap<>();
		try (EntryIterator<String> entries = db.iterate()) {
			while (entries.hasNext()) {
				Map.Entry<String, String> entry = entries.next();
				view.put(entry.getKey(), entry.getValue());
			}
		}
		return view;
	}

}
