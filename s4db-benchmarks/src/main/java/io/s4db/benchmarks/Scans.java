package io.s4db.benchmarks;

import java.nio.file.Path;
import java.util.Objects;

import io.s4db.CompactionPolicy;
import io.s4db.EntryIterator;
import io.s4db.IndexMode;
import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.ProgressListener;
import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.directory.DirectoryObjectStore;

/**
 * Keys in order, and an index that is read in pages: beside RocksDB, and beside an index
 * in memory. Everything is local, and in the page cache of the operating system.
 */
final class Scans {

	/** Pairs of a scan. */
	private static final int PAIRS = 100;

	/** Of a table in memory, so that nearly all keys are in pages. */
	private static final long INDEX_MEMORY = 4 << 20;

	private Scans() {
	}

	static void measure(Settings settings, Report report) throws Exception {
		int keys = settings.keys();
		Path folder = inOrder(settings, keys, "scan-memory");
		Path paged = inOrder(settings, keys, "scan-paged");
		try (S4DB db = Databases.open(folder);
				S4DB inPages = paged(paged);
				Rocks rocks = new Rocks(settings.fresh("scan-rocks"))) {
			rocks.load(keys);
			Contest scans = new Contest(settings).side("s4db", (round) -> scans(settings, round, keys, db))
				.side("s4db, paged", (round) -> scans(settings, round, keys, inPages))
				.side("RocksDB", (round) -> LocalReads.nanos(1, round, count(settings) * PAIRS,
						(random, count) -> rocks.scan(() -> Data.key(random.nextInt(keys)), count / PAIRS, PAIRS)))
				.run();
			report.section("Scan", "Scans of " + PAIRS + " pairs as strings, from keys drawn from " + keys
					+ ", compacted in the order of keys. Nanoseconds a pair.");
			scans.report(report, "side", true);
			goal(report, scans, "scan of " + PAIRS + " pairs, local", "≥ 1.5× RocksDB", "s4db", 1.5);
			goal(report, scans, "scan of " + PAIRS + " pairs, paged", "≥ 1.5× RocksDB", "s4db, paged", 1.5);
			Contest first = new Contest(settings).side("s4db", (round) -> first(settings, round, keys, db))
				.side("s4db, paged", (round) -> first(settings, round, keys, inPages))
				.side("RocksDB",
						(round) -> LocalReads.nanos(1, round, count(settings),
								(random, count) -> rocks.scan(() -> Data.key(random.nextInt(keys)), count, 1)))
				.run();
			report.section("First key", "From the beginning of a scan to its first key (RocksDB: pair). Nanoseconds.");
			first.report(report, "side", true);
			Contest gets = new Contest(settings);
			gets.side("s4db", (round) -> gets(settings, round, keys, db))
				.side("s4db, paged", (round) -> gets(settings, round, keys, inPages))
				.side("RocksDB",
						(round) -> LocalReads.nanos(1, round, settings.operations(),
								LocalReads.gets(keys, (key) -> Objects.requireNonNull(rocks.get(key)))))
				.run();
			report.section("Get, paged",
					"Keys drawn from " + keys + "; an index in memory takes " + (db.stats().indexHeapBytes() >> 10)
							+ " KiB of heap, the paged one " + (inPages.stats().indexHeapBytes() >> 10) + " KiB and "
							+ (inPages.stats().indexDiskBytes() >> 10) + " KiB of disk. Nanoseconds a get.");
			gets.report(report, "side", true);
			goal(report, gets, "get, paged, local, of " + keys + " keys", "≥ 1× RocksDB", "s4db, paged", 1);
		}
		for (String name : new String[] { "scan-memory", "scan-paged", "scan-rocks" }) {
			Settings.delete(settings.folder().resolve(name));
		}
	}

	private static void goal(Report report, Contest contest, String work, String goal, String side, double wanted) {
		double ratio = contest.ratio(side, "RocksDB");
		report.goal(work, goal, contest.samples(side).medianText() + "; " + Report.times(ratio), ratio >= wanted);
	}

	private static Path inOrder(Settings settings, int keys, String name) throws Exception {
		Path folder = Databases.copy(settings, keys, name);
		try (S4DB db = Databases.open(folder)) {
			db.compact(CompactionPolicy.sorted(), ProgressListener.NONE);
		}
		return folder;
	}

	private static S4DB paged(Path folder) {
		return S4DBEngine.open(new DirectoryObjectStore(folder.resolve("store")),
				Databases.options(folder).indexMode(IndexMode.PAGED).indexMemory(INDEX_MEMORY).build());
	}

	private static int count(Settings settings) {
		return Math.max(1, settings.operations() / PAIRS);
	}

	private static double scans(Settings settings, int round, int keys, S4DB db) throws Exception {
		return LocalReads.nanos(1, round, count(settings) * PAIRS, (random, count) -> {
			long sum = 0;
			for (int i = 0; i < count; i += PAIRS) {
				KeyRange range = KeyRange.from(Data.key(random.nextInt(keys))).limit(PAIRS);
				try (EntryIterator<String> entries = db.scan(range)) {
					while (entries.hasNext()) {
						sum += entries.next().getValue().length();
					}
				}
			}
			return sum;
		});
	}

	private static double first(Settings settings, int round, int keys, S4DB db) throws Exception {
		return LocalReads.nanos(1, round, count(settings), (random, count) -> {
			long sum = 0;
			for (int i = 0; i < count; i++) {
				try (KeyIterator all = db.keys(KeyRange.from(Data.key(random.nextInt(keys))))) {
					sum += all.next().length();
				}
			}
			return sum;
		});
	}

	private static double gets(Settings settings, int round, int keys, S4DB db) throws Exception {
		return LocalReads.nanos(1, round, settings.operations(),
				LocalReads.gets(keys, (key) -> Objects.requireNonNull(db.get(key))));
	}

}
