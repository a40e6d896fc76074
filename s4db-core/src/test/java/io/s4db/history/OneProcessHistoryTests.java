package io.s4db.history;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import io.s4db.CompactionPolicy;
import io.s4db.Durability;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.memory.InMemoryObjectStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Several threads on one database, while it uploads and compacts: single keys behave like
 * variables that are read and written atomically.
 */
class OneProcessHistoryTests {

	private static final int OPERATIONS = Integer.getInteger("s4db.history.operations", 6000);

	private static final long SEED = Long.getLong("s4db.history.seed", System.nanoTime());

	private static final int THREADS = 4;

	private static final int KEYS = 6;

	@TempDir
	Path folder;

	private final History history = new History();

	private final AtomicInteger running = new AtomicInteger(THREADS);

	@Test
	void whenThreadsShareADatabaseShouldBeLinearizable() throws Exception {
		run(false);
		this.history.check();
		System.out.println("History of one process, seed " + SEED + ": " + this.history.size() + " operations by "
				+ THREADS + " threads, linearizable");
	}

	@Test
	void whenPutIfAbsentIsNotAtomicShouldBeFoundOut() throws Exception {
		run(true);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.history::check)
			.withMessageContaining("no order");
	}

	private void run(boolean broken) throws Exception {
		try (S4DB db = S4DBEngine.open(new InMemoryObjectStore(),
				S4DBOptions.builder()
					.localDir(this.folder)
					.maxFileSize(4096)
					.retention(java.time.Duration.ZERO)
					.build())) {
			List<ThreadsTogether.Task> tasks = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				String name = "thread" + i;
				tasks.add(() -> {
					try {
						work(db, name, broken);
					}
					finally {
						this.running.decrementAndGet();
					}
				});
			}
			tasks.add(() -> care(db));
			ThreadsTogether.run(tasks);
		}
	}

	private void care(S4DB db) {
		for (int i = 0; this.running.get() > 0; i++) {
			switch (i % 4) {
				case 0, 2 -> db.upload();
				case 1 -> db.compact(CompactionPolicy.partial(0.3));
				default -> {
					db.compact();
					db.flush();
				}
			}
		}
	}

	private void work(S4DB db, String name, boolean broken) {
		Random random = new Random(SEED ^ name.hashCode());
		for (int i = 0; i < OPERATIONS / THREADS; i++) {
			String key = "key" + random.nextInt(KEYS);
			String value = name + "#" + i;
			switch (random.nextInt(8)) {
				case 0, 1 -> this.history.put(name, key, value, () -> db.put(key, value));
				case 2 -> this.history.delete(name, key, () -> db.delete(key));
				case 3 -> this.history.putIfAbsent(name, key, value,
						() -> broken ? brokenPutIfAbsent(db, key, value) : db.putIfAbsent(key, value));
				case 4 -> {
					String expected = read(db, name, key);
					if (expected != null) {
						this.history.replace(name, key, expected, value, () -> db.replace(key, expected, value));
					}
				}
				case 5 -> this.history.read(name, key, () -> db.getAll(List.of(key, "key0")).get(key));
				case 6 -> {
					if (random.nextInt(20) == 0) {
						this.history.put(name, key, value,
								() -> db.put(java.util.Map.of(key, value), Durability.STORE));
					}
					else {
						read(db, name, key);
					}
				}
				default -> read(db, name, key);
			}
		}
	}

	private @Nullable String read(S4DB db, String name, String key) {
		return this.history.read(name, key, () -> db.get(key));
	}

	@SuppressWarnings("ThreadPriorityCheck") // so that others come between
	private static boolean brokenPutIfAbsent(S4DB db, String key, String value) {
		if (db.get(key) != null) {
			return false;
		}
		Thread.yield();
		db.put(key, value);
		return true;
	}

}
