package io.s4db.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;

/**
 * Reading from a local copy that the operating system has in memory.
 */
final class LocalReads {

	/** Keeps results alive. */
	static volatile long sink;

	private LocalReads() {
	}

	/** Gets a value by its key. */
	@FunctionalInterface
	interface Get {

		String get(String key) throws Exception;

	}

	/** Does some reads; returns something that depends on all. */
	@FunctionalInterface
	interface Reads {

		long read(SplittableRandom random, int count) throws Exception;

	}

	/** Gets of keys drawn from all. */
	static Reads gets(int keys, Get get) {
		return (random, count) -> {
			long sum = 0;
			for (int i = 0; i < count; i++) {
				sum += get.get(Data.key(random.nextInt(keys))).length();
			}
			return sum;
		};
	}

	/** Nanoseconds a read, by the clock, with so many threads that each do that many. */
	static double nanos(int threads, int round, int count, Reads reads) throws Exception {
		if (threads == 1) {
			long start = System.nanoTime();
			sink += reads.read(new SplittableRandom(round), count);
			return (double) (System.nanoTime() - start) / count;
		}
		ExecutorService pool = Executors.newFixedThreadPool(threads);
		try {
			List<Future<Long>> futures = new ArrayList<>();
			long start = System.nanoTime();
			for (int i = 0; i < threads; i++) {
				SplittableRandom random = new SplittableRandom(round * 100L + i);
				futures.add(pool.submit(() -> reads.read(random, count)));
			}
			for (Future<Long> future : futures) {
				sink += future.get();
			}
			return (double) (System.nanoTime() - start) / ((long) count * threads);
		}
		finally {
			pool.shutdown();
		}
	}

	/** A map that holds everything. */
	static Map<String, String> map(int keys) {
		Map<String, String> map = new ConcurrentHashMap<>(keys * 2);
		for (int id = 0; id < keys; id++) {
			map.put(Data.key(id), Data.value(id));
		}
		return map;
	}

	static void get(Settings settings, Report report) throws Exception {
		int keys = settings.keys();
		Path folder = Databases.prepared(settings, keys);
		Map<String, String> map = map(keys);
		try (S4DB db = Databases.open(folder);
				Rocks rocks = new Rocks(settings.fresh("get-rocks"));
				BareReads bare = new BareReads(folder.resolve("local"))) {
			rocks.load(keys);
			check(keys, db, rocks);
			Contest contest = new Contest(settings);
			for (int threads = 1; threads <= 2; threads++) {
				side(contest, settings, "s4db", threads, gets(keys, (key) -> Objects.requireNonNull(db.get(key))));
				side(contest, settings, "RocksDB", threads,
						gets(keys, (key) -> Objects.requireNonNull(rocks.get(key))));
				side(contest, settings, "ConcurrentHashMap", threads,
						gets(keys, (key) -> Objects.requireNonNull(map.get(key))));
				side(contest, settings, "bare mapped reads", threads, bare::map);
				side(contest, settings, "bare pread", threads, bare::pread);
			}
			contest.run();
			report.section("Get", "Keys drawn from " + keys + ", everything in the page cache (s4db) and in the block"
					+ " cache (RocksDB). Nanoseconds a get by the clock, whatever the number of threads.");
			contest.report(report, "side", true);
			double rocksRatio = contest.ratio("s4db, 1 thread", "RocksDB, 1 thread");
			double gain = gain(contest, "s4db");
			double bareGain = Math.min(gain(contest, "bare mapped reads"), gain(contest, "bare pread"));
			report.goal("get, local, warm, of " + keys + " keys",
					"≥ 4× RocksDB; two threads gain ≥ 90% of what bare reads gain",
					contest.samples("s4db, 1 thread").medianText() + "; " + Report.times(rocksRatio) + "; "
							+ Report.times(gain) + " of " + Report.times(bareGain) + " = "
							+ Samples.digits(100 * gain / bareGain) + "%",
					rocksRatio >= 4 && gain >= 0.9 * bareGain);
		}
		Settings.delete(settings.folder().resolve("get-rocks"));
	}

	private static double gain(Contest contest, String side) {
		return contest.ratio(side + ", 2 threads", side + ", 1 thread");
	}

	private static void side(Contest contest, Settings settings, String name, int threads, Reads reads) {
		contest.side(name + ((threads == 1) ? ", 1 thread" : ", 2 threads"),
				(round) -> nanos(threads, round, settings.operations(), reads));
	}

	private static void check(int keys, S4DB db, Rocks rocks) throws Exception {
		for (int id = 0; id < keys; id += Math.max(1, keys / 1000)) {
			String value = Data.value(id);
			if (!value.equals(db.get(Data.key(id))) || !value.equals(rocks.get(Data.key(id)))) {
				throw new IllegalStateException("A side has a wrong value");
			}
		}
	}

	static void iterate(Settings settings, Report report) throws Exception {
		int keys = settings.keys();
		Path folder = Databases.prepared(settings, keys);
		Map<String, String> map = map(keys);
		try (S4DB db = Databases.open(folder); Rocks rocks = new Rocks(settings.fresh("iterate-rocks"))) {
			rocks.load(keys);
			Contest contest = new Contest(settings).side("s4db", (round) -> pass(keys, () -> {
				long sum = 0;
				try (EntryIterator<String> all = db.iterate(IterationMode.LOCAL)) {
					while (all.hasNext()) {
						sum += all.next().getValue().length();
					}
				}
				return sum;
			}))
				.side("RocksDB", (round) -> pass(keys, rocks::iterate))
				.side("ConcurrentHashMap",
						(round) -> pass(keys,
								() -> map.entrySet().stream().mapToLong((e) -> e.getValue().length()).sum()))
				.run();
			report.section("Iterate", "Every pair of " + keys + " keys as strings. Nanoseconds a pair.");
			contest.report(report, "side", true);
			double ratio = contest.ratio("s4db", "RocksDB");
			report.goal("iterate " + keys + " pairs, local", "faster than RocksDB",
					Samples.rateText(contest.samples("s4db").rate()) + "; " + Report.times(ratio), ratio > 1);
		}
		Settings.delete(settings.folder().resolve("iterate-rocks"));
	}

	/** Nanoseconds a pair of a pass that returns the sum of all values' lengths. */
	static double pass(int keys, java.util.concurrent.Callable<Long> pass) throws Exception {
		long start = System.nanoTime();
		long sum = pass.call();
		double nanos = (double) (System.nanoTime() - start) / keys;
		if (sum != (long) keys * Data.VALUE_LENGTH) {
			throw new IllegalStateException("A pass did not see everything");
		}
		return nanos;
	}

}
