package io.s4db.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.s4db.S4DB;

/**
 * Putting, local: nothing is uploaded, nothing forced to disk.
 */
final class LocalWrites {

	private LocalWrites() {
	}

	/** Batches into an empty database. */
	static void batchPut(Settings settings, Report report) throws Exception {
		int keys = settings.fewKeys();
		List<Map<String, String>> batches = new ArrayList<>();
		for (int id = 0; id < keys; id += Databases.BATCH) {
			batches.add(Data.batch(id, Math.min(Databases.BATCH, keys - id), Data.VALUE_LENGTH));
		}
		Contest contest = new Contest(settings).side("s4db", (round) -> {
			try (S4DB db = Databases.open(settings.fresh("batch-put-s4db"))) {
				long start = System.nanoTime();
				batches.forEach(db::put);
				return (double) (System.nanoTime() - start) / keys;
			}
		}).side("RocksDB", (round) -> {
			try (Rocks rocks = new Rocks(settings.fresh("batch-put-rocks"))) {
				long start = System.nanoTime();
				for (Map<String, String> batch : batches) {
					rocks.put(batch);
				}
				return (double) (System.nanoTime() - start) / keys;
			}
		}).side("ConcurrentHashMap", (round) -> {
			Map<String, String> map = new ConcurrentHashMap<>();
			long start = System.nanoTime();
			batches.forEach(map::putAll);
			return (double) (System.nanoTime() - start) / keys;
		}).run();
		report.section("Batch put", keys + " keys in batches of " + Databases.BATCH
				+ " into an empty database. Nanoseconds a key; each round a new database, open and close not counted.");
		contest.report(report, "side", true);
		double rate = contest.samples("s4db").rate();
		report.goal("put, batches of 1,000", "≥ 700 k/s; ≥ 2.5× RocksDB",
				Samples.rateText(rate) + "; " + Report.times(contest.ratio("s4db", "RocksDB")),
				rate >= 700e3 && contest.ratio("s4db", "RocksDB") >= 2.5);
	}

	/**
	 * Single puts into a large database, also while it commits and writes checkpoints.
	 */
	static void singlePut(Settings settings, Report report) throws Exception {
		int keys = settings.keys();
		int operations = settings.operations();
		Path folder = Databases.copy(settings, keys, "single-put-s4db");
		Latencies quiet = new Latencies();
		Latencies rocksPuts = new Latencies();
		Latencies busy = new Latencies();
		try (S4DB db = Databases.open(folder); Rocks rocks = new Rocks(settings.fresh("single-put-rocks"))) {
			rocks.load(keys);
			Contest contest = new Contest(settings).side("s4db", (round) -> quiet.of(keys, operations, round, db::put))
				.side("RocksDB", (round) -> rocksPuts.of(keys, operations, round, rocks::put))
				.run();
			db.upload();
			Contest withCheckpoints = new Contest(settings)
				.side("s4db", (round) -> whileCheckpointing(db, () -> busy.of(keys, operations, round, db::put)))
				.run();
			report.section("Single put", operations + " puts a round, each of a key drawn from " + keys
					+ ", one call each. The median call of a round; the tail over all rounds.");
			report.table("side", "median call", "min – max of the rounds", "mean", "p99", "p99.9", "longest");
			quiet.report(report, "s4db", contest.samples("s4db"));
			busy.report(report, "s4db, while another thread uploads and writes checkpoints without a pause",
					withCheckpoints.samples("s4db"));
			rocksPuts.report(report, "RocksDB", contest.samples("RocksDB"));
			double median = contest.median("s4db");
			report.goal("single put at " + keys + " keys", "≤ 5 µs median; ≥ 2× RocksDB; p99.9 ≤ 1 ms in a checkpoint",
					Samples.time(median) + "; " + Report.times(contest.ratio("s4db", "RocksDB")) + "; p99.9 "
							+ Samples.time(busy.percentile(0.999)),
					median <= 5000 && contest.ratio("s4db", "RocksDB") >= 2 && busy.percentile(0.999) <= 1e6);
			report.goal("delay of puts by an upload or checkpoint", "< 50 ms",
					"longest " + Samples.time(busy.longest()), busy.longest() < 50e6);
		}
		Settings.delete(folder);
		Settings.delete(settings.folder().resolve("single-put-rocks"));
	}

	private static double whileCheckpointing(S4DB db, java.util.concurrent.Callable<Double> puts) throws Exception {
		AtomicBoolean done = new AtomicBoolean();
		Thread committer = new Thread(() -> {
			while (!done.get()) {
				db.upload();
				db.checkpoint();
			}
		}, "committer");
		committer.start();
		try {
			return puts.call();
		}
		finally {
			done.set(true);
			committer.join();
		}
	}

	/** What single calls took. */
	static final class Latencies {

		private long[] all = new long[0];

		/** A call to measure. */
		@FunctionalInterface
		interface Put {

			void put(String key, String value) throws Exception;

		}

		/** Measures calls; returns the median. Rounds that warm up are not kept. */
		double of(int keys, int operations, int round, Put put) throws Exception {
			SplittableRandom random = new SplittableRandom(round);
			long[] nanos = new long[operations];
			for (int i = 0; i < operations; i++) {
				String key = Data.key(random.nextInt(keys));
				String value = Data.value(random.nextLong());
				long start = System.nanoTime();
				put.put(key, value);
				nanos[i] = System.nanoTime() - start;
			}
			Arrays.sort(nanos);
			if (round >= 0) {
				int before = this.all.length;
				this.all = Arrays.copyOf(this.all, before + operations);
				System.arraycopy(nanos, 0, this.all, before, operations);
				Arrays.sort(this.all);
			}
			return nanos[operations / 2];
		}

		double percentile(double share) {
			return this.all[(int) Math.min(this.all.length - 1L, (long) (this.all.length * share))];
		}

		double longest() {
			return this.all[this.all.length - 1];
		}

		double mean() {
			return Arrays.stream(this.all).average().orElse(0);
		}

		void report(Report report, String name, Samples medians) {
			report.row(name, medians.medianText(), medians.spreadText(), Samples.time(mean()),
					Samples.time(percentile(0.99)), Samples.time(percentile(0.999)), Samples.time(longest()));
		}

	}

}
