package io.s4db.history;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.s4db.CompactionPolicy;
import io.s4db.Durability;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultyObjectStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Several writers and readers on one bucket, each with a database of its own, over bad
 * lines: single keys behave like one variable that all share, if what is written is
 * committed before it returns, and what is read is read after a refresh.
 * {@code -Ds4db.history.operations=100000} does more.
 */
class SeveralProcessesHistoryTests {

	private static final int OPERATIONS = Integer.getInteger("s4db.history.operations", 900);

	private static final long SEED = Long.getLong("s4db.history.seed", System.nanoTime());

	private static final int WRITERS = 3;

	private static final int READERS = 2;

	private static final int KEYS = 4;

	@TempDir
	Path folder;

	private final ObjectStore bucket = new InMemoryObjectStore();

	private final History history = new History();

	private final AtomicInteger writing = new AtomicInteger();

	@Test
	void whenWritesAreCommittedAndReadsRefreshShouldBeLinearizable() throws Exception {
		run((line) -> line, OPERATIONS);
		this.history.check();
		System.out.println("History of several processes, seed " + SEED + ": " + this.history.size() + " operations by "
				+ WRITERS + " writers and " + READERS + " readers, linearizable");
	}

	@Test
	void whenAReaderGetsStaleManifestsShouldBeFoundOut() throws Exception {
		run(StaleManifestStore::new, 150);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.history::check)
			.withMessageContaining("no order");
	}

	private void run(java.util.function.UnaryOperator<ObjectStore> readersLine, int operations) throws Exception {
		List<ThreadsTogether.Task> tasks = new ArrayList<>();
		this.writing.set(WRITERS);
		for (int i = 0; i < WRITERS; i++) {
			String name = "writer" + i;
			tasks.add(() -> {
				try {
					write(name, badLine(name), operations / WRITERS);
				}
				finally {
					this.writing.decrementAndGet();
				}
			});
		}
		for (int i = 0; i < READERS; i++) {
			String name = "reader" + i;
			tasks.add(() -> read(name, readersLine.apply(badLine(name))));
		}
		ThreadsTogether.run(tasks);
	}

	/** Answers take a while, get lost, or never were. */
	private ObjectStore badLine(String name) {
		Random random = new Random(SEED + name.hashCode());
		FaultPlan plan = (call) -> {
			int dice;
			synchronized (random) {
				dice = random.nextInt(100);
			}
			LockSupport.parkNanos(dice * 5_000L);
			return switch (dice) {
				case 0 -> Fault.FAIL_BEFORE;
				case 1 -> Fault.FAIL_AFTER;
				case 2 -> Fault.FAIL_OWN_CONDITION;
				default -> Fault.NONE;
			};
		};
		return new FaultyObjectStore(this.bucket, plan);
	}

	private S4DB open(String name, ObjectStore store, Mode mode) {
		while (true) {
			try {
				return S4DBEngine.open(store,
						S4DBOptions.builder()
							.localDir(this.folder.resolve(name))
							.mode(mode)
							.maxFileSize(4096)
							.retention(Duration.ofSeconds(5))
							.uploadOnClose(false)
							.build());
			}
			catch (StoreUnavailableException ex) {
				// the line is bad
			}
		}
	}

	private void write(String name, ObjectStore store, int operations) {
		Random random = new Random(SEED ^ name.hashCode());
		try (S4DB db = open(name, store, Mode.READ_WRITE)) {
			for (int i = 0; i < operations; i++) {
				String key = "key" + random.nextInt(KEYS);
				int dice = random.nextInt(100);
				if (dice < 65) {
					String value = name + "#" + i;
					this.history.put(name, key, value,
							() -> committing(db, () -> db.put(Map.of(key, value), Durability.STORE)));
				}
				else if (dice < 80) {
					delete(name, db, key);
				}
				else if (dice < 97) {
					read(name, db, key);
				}
				else {
					compact(db, (dice == 97) ? CompactionPolicy.full() : CompactionPolicy.partial(0.3));
				}
			}
		}
		catch (StoreUnavailableException ex) {
			// closing writes no more than the local checkpoint
		}
	}

	/** What got no clear answer is pending, until a later try commits it. */
	private static void committing(S4DB db, Runnable write) {
		Runnable next = write;
		while (true) {
			try {
				next.run();
				return;
			}
			catch (StoreUnavailableException ex) {
				next = db::upload;
			}
		}
	}

	/**
	 * Deletes a key that a refresh showed; another may have deleted it meanwhile, so that
	 * it is a write of nothing. Nobody else writes with this database.
	 */
	private void delete(String name, S4DB db, String key) {
		if (read(name, db, key) != null) {
			this.history.put(name, key, null, () -> committing(db, () -> db.delete(List.of(key), Durability.STORE)));
		}
	}

	private static void refresh(S4DB db) {
		while (true) {
			try {
				db.refresh();
				return;
			}
			catch (StoreUnavailableException ex) {
				// the line is bad
			}
		}
	}

	private @Nullable String read(String name, S4DB db, String key) {
		try {
			return this.history.read(name, key, () -> {
				refresh(db);
				return db.get(key);
			});
		}
		catch (StoreUnavailableException ex) {
			// nothing was read
			return null;
		}
	}

	private static void compact(S4DB db, CompactionPolicy policy) {
		try {
			db.compact(policy);
		}
		catch (StoreUnavailableException ex) {
			// another time
		}
		catch (S4DBException ex) {
			if (!ex.getMessage().startsWith("Another process compacts this database")) {
				throw ex;
			}
		}
	}

	private void read(String name, ObjectStore store) {
		Random random = new Random(SEED ^ name.hashCode());
		try (S4DB db = open(name, store, Mode.READ_ONLY)) {
			while (this.writing.get() > 0) {
				read(name, db, "key" + random.nextInt(KEYS));
				LockSupport.parkNanos(random.nextInt(5_000_000));
			}
		}
	}

}
