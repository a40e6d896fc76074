package io.s4db.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import io.s4db.RequestCounts;
import io.s4db.S4DB;

/**
 * How put, get, open, upload after one put, and heap go with the number of keys.
 */
final class Scaling {

	/**
	 * From so many keys on, loading, checkpoint and opening are tried in a small heap.
	 */
	private static final int SMALL_HEAP = 10_000_000;

	private Scaling() {
	}

	static void measure(Settings settings, Report report) throws Exception {
		report.section("Scaling", "Medians, and the least and the most of the rounds. Put: one call each, of keys there"
				+ " are. Upload after one put: to a folder, which forces everything to disk.");
		report.table("keys", "put", "get", "open", "upload after one put", "requests", "bytes sent",
				"index bytes a key");
		Samples firstPuts = null;
		Samples lastPuts = null;
		for (int keys : settings.scaling()) {
			Path folder = Databases.copy(settings, keys, "scaling");
			Samples open = new Contest(settings).side("open", (round) -> {
				long start = System.nanoTime();
				try (S4DB db = Databases.open(folder)) {
					Objects.requireNonNull(db.get(Data.key(0)));
					return System.nanoTime() - start;
				}
			}).run().samples("open");
			try (S4DB db = Databases.open(folder)) {
				LocalReads.Reads gets = LocalReads.gets(keys, (key) -> Objects.requireNonNull(db.get(key)));
				double heap = (double) db.stats().indexHeapBytes() / keys;
				Contest contest = new Contest(settings)
					.side("get", (round) -> LocalReads.nanos(1, round, settings.operations(), gets))
					.run();
				RequestCounts before = db.stats().requests();
				Contest upload = new Contest(settings).side("upload", (round) -> {
					db.put(Data.key(Math.abs(round)), "changed");
					long start = System.nanoTime();
					db.upload();
					return System.nanoTime() - start;
				}).run(0);
				RequestCounts requests = db.stats().requests().since(before);
				int uploads = settings.warmups() + settings.rounds();
				LocalWrites.Latencies latencies = new LocalWrites.Latencies();
				Samples puts = new Contest(settings)
					.side("put", (round) -> latencies.of(keys, settings.operations(), round, db::put))
					.run()
					.samples("put");
				report.row(String.format(Locale.ROOT, "%,d", keys), puts.text(), contest.samples("get").text(),
						open.text(), upload.samples("upload").text(),
						Samples.digits((double) requests.total() / uploads),
						Samples.digits((double) requests.bytesWritten() / uploads), Samples.digits(heap));
				firstPuts = (firstPuts != null) ? firstPuts : puts;
				lastPuts = puts;
			}
			Settings.delete(folder);
		}
		if (firstPuts != null && lastPuts != null) {
			double ratio = lastPuts.median() / firstPuts.median();
			List<Integer> sizes = settings.scaling();
			report.goal("single put at " + sizes.get(sizes.size() - 1) + " keys",
					"≤ 1.5× of what it is at " + sizes.get(0), Report.times(ratio), ratio <= 1.5);
		}
		for (int keys : settings.scaling()) {
			if (keys >= SMALL_HEAP) {
				smallHeap(settings, report, keys);
			}
		}
	}

	private static void smallHeap(Settings settings, Report report, int keys) throws Exception {
		Path folder = settings.fresh("small-heap");
		String measured;
		boolean met = true;
		try {
			List<Long> numbers = FreshProcess.numbers(List.of("-Xmx1g"), "load", folder.toString(),
					String.valueOf(keys));
			measured = numbers.get(0) + " keys loaded, committed, checkpointed; opened in "
					+ Samples.time(numbers.get(1));
		}
		catch (IllegalStateException ex) {
			measured = String.valueOf(ex.getMessage());
			met = false;
		}
		report.goal(keys + " keys in a heap of 1 GiB", "open, work and checkpoint", measured, met);
		Settings.delete(folder);
	}

}
