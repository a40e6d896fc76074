package io.s4db.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import io.s4db.CompactionPolicy;
import io.s4db.EntryIterator;
import io.s4db.KeyRange;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Scans while everything goes on: what is there all the while comes once, in order, with
 * a value that it had; and what a thread has just put it sees.
 */
class ScanConcurrencyTests {

	private static final int STABLE = 100;

	private static final int SCANS = 25;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicBoolean stop = new AtomicBoolean();

	@TempDir
	private Path folder;

	@AfterEach
	void end() {
		this.stop.set(true);
		this.threads.shutdown();
	}

	private S4DB open(String directory) {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder()
					.localDir(this.folder.resolve(directory))
					.maxFileSize(4096)
					.cacheSize(1 << 16)
					.build());
	}

	private static String stable(int i) {
		return String.format("k%06d", i * 25);
	}

	private interface Step {

		void run(Random random);

	}

	private Future<?> repeat(long seed, Step step) {
		return this.threads.submit(() -> {
			Random random = new Random(seed);
			while (!this.stop.get()) {
				step.run(random);
			}
		});
	}

	@Test
	void whenEverythingGoesOnShouldGiveWhatIsThereAllTheWhile() throws Exception {
		long seed = Long.getLong("s4db.scan.seed", 1);
		try (S4DB one = open("one"); S4DB other = open("other")) {
			for (int i = 0; i < STABLE; i++) {
				one.put(stable(i), "0");
			}
			one.upload();
			other.refresh();
			List<Future<?>> all = new ArrayList<>();
			for (int n = 0; n < 2; n++) {
				S4DB database = (n == 0) ? one : other;
				all.add(repeat(seed + n, (random) -> change(database, random)));
			}
			// One after the other: who loses races too often gives up.
			all.add(repeat(seed + 2, (random) -> commit(random.nextBoolean() ? one : other, random)));
			List<Future<?>> scans = new ArrayList<>();
			for (int n = 0; n < 3; n++) {
				int number = n;
				scans.add(this.threads.submit(() -> {
					for (int i = 0; i < SCANS; i++) {
						scan((i % 2 == 0) ? one : other, number == 2);
						seesWhatItPut(one, number, i);
					}
				}));
			}
			await(scans);
			this.stop.set(true);
			await(all);
		}
	}

	/** So many that a few of them are chosen without an order, which never comes here. */
	@Test
	void whenAFewOfManyAreChosenMeanwhileShouldGiveWhatIsThereAllTheWhile() throws Exception {
		try (S4DB database = S4DBEngine.open(this.bucket, S4DBOptions.builder().executor((task) -> {
		}).build())) {
			Map<String, String> many = new HashMap<>();
			for (int i = 0; i < 70_000; i++) {
				many.put("m" + i, "");
			}
			database.put(many);
			for (int i = 0; i < STABLE; i++) {
				database.put(stable(i), "0");
			}
			Future<?> changes = repeat(7, (random) -> change(database, random));
			Future<?> commits = repeat(8, (random) -> database.upload());
			// More often, and one waits for an order.
			for (int i = 0; i < 15; i++) {
				List<String> keys = new ArrayList<>();
				database.keys(KeyRange.from(stable(i)).limit(1000)).forEachRemaining(keys::add);
				assertThat(keys).isSorted();
				String last = keys.get(keys.size() - 1);
				assertThat(keys).hasSize(1000)
					.containsAll(IntStream.range(i, STABLE)
						.mapToObj(ScanConcurrencyTests::stable)
						.filter((key) -> key.compareTo(last) <= 0)
						.toList());
			}
			this.stop.set(true);
			await(List.of(changes, commits));
		}
	}

	private static void await(List<Future<?>> futures) throws InterruptedException {
		for (Future<?> future : futures) {
			try {
				future.get();
			}
			catch (ExecutionException ex) {
				throw new AssertionError(ex.getCause());
			}
		}
	}

	private static void change(S4DB database, Random random) {
		String key = String.format("k%06d", random.nextInt(STABLE * 25));
		int number = Integer.parseInt(key.substring(1));
		if (number % 25 == 0) {
			database.put(key, Integer.toString(random.nextInt(1000)));
		}
		else if (random.nextInt(3) > 0) {
			database.put(key, "passing");
		}
		else {
			database.delete(key);
		}
	}

	private static void commit(S4DB database, Random random) {
		switch (random.nextInt(4)) {
			case 0 -> database.refresh();
			case 1 -> database.compact(random.nextBoolean() ? CompactionPolicy.full() : CompactionPolicy.partial(0.3));
			default -> database.upload();
		}
	}

	private static void scan(S4DB database, boolean descending) {
		KeyRange range = descending ? KeyRange.all().reversed() : KeyRange.all();
		List<String> stable = new ArrayList<>();
		String last = null;
		try (EntryIterator<String> entries = database.scan(range)) {
			while (entries.hasNext()) {
				var entry = entries.next();
				String key = entry.getKey();
				if (last != null) {
					assertThat(key.compareTo(last) > 0).isEqualTo(!descending);
				}
				last = key;
				if (key.startsWith("k") && Integer.parseInt(key.substring(1)) % 25 == 0) {
					stable.add(key);
					assertThat(Integer.parseInt(entry.getValue())).isBetween(0, 1000);
				}
			}
		}
		assertThat(stable).hasSize(STABLE);
	}

	private static void seesWhatItPut(S4DB database, int thread, int i) {
		String key = "own" + thread + "/" + i;
		database.put(key, "value");
		assertThat(database.keys("own" + thread + "/")).contains(key);
		if (i > 2) {
			database.delete("own" + thread + "/" + (i - 2));
			assertThat(database.keys("own" + thread + "/")).doesNotContain("own" + thread + "/" + (i - 2));
		}
	}

}
