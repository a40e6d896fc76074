package io.s4db.benchmarks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryBuffer;
import io.s4db.format.IndexWriter;
import io.s4db.format.StoreLayout;
import io.s4db.store.directory.DirectoryObjectStore;

/**
 * Opening, rebuilding and compacting a large database with everything local.
 */
final class Lifecycle {

	private Lifecycle() {
	}

	static void open(Settings settings, Report report) throws Exception {
		int keys = settings.keys();
		Path folder = Databases.prepared(settings, keys);
		Path rocksFolder = settings.fresh("open-rocks");
		try (Rocks rocks = new Rocks(rocksFolder)) {
			rocks.load(keys);
		}
		String key = Data.key(keys / 2);
		Contest contest = new Contest(settings).side("s4db", (round) -> {
			long start = System.nanoTime();
			try (S4DB db = Databases.open(folder)) {
				Objects.requireNonNull(db.get(key));
				return System.nanoTime() - start;
			}
		}).side("RocksDB", (round) -> {
			long start = System.nanoTime();
			try (Rocks rocks = new Rocks(rocksFolder)) {
				Objects.requireNonNull(rocks.get(key));
				return System.nanoTime() - start;
			}
		})
			.side("s4db, fresh JVM", (round) -> FreshProcess.nanosToFirstLine("get", folder.toString(), key))
			.side("a JVM that does nothing", (round) -> FreshProcess.nanosToFirstLine("nothing"))
			.run();
		report.section("Open", "A database of " + keys + " keys, index and data local, and the first get. In a JVM that"
				+ " is warm, and from the start of a new process to its first output.");
		contest.report(report, "side", false);
		double open = contest.median("s4db");
		double fresh = contest.median("s4db, fresh JVM");
		report.goal("open with " + keys + " keys", "fresh JVM to first value ≤ 1.2 s",
				Samples.time(open) + "; " + Samples.time(fresh), fresh <= 1.2e9);
		Settings.delete(rocksFolder);
	}

	static void rebuild(Settings settings, Report report) throws Exception {
		int keys = settings.keys();
		Path own = Databases.copy(settings, keys, "rebuild-own");
		Path foreign = settings.fresh("rebuild-reference");
		writeAsReference(foreign.resolve("store"), keys);
		try (S4DB db = Databases.open(own);
				S4DB plain = S4DBEngine.open(new DirectoryObjectStore(foreign.resolve("store")),
						Databases.options(foreign).build())) {
			plain.download();
			Contest contest = new Contest(settings).side("s4db, own files (footers)", (round) -> rebuild(db, keys))
				.side("s4db, the reference's files (no footers)", (round) -> rebuild(plain, keys))
				.run();
			report.section("Rebuild the index", keys + " keys, all files local.");
			contest.report(report, "side", false);
			Samples footers = contest.samples("s4db, own files (footers)");
			Samples whole = contest.samples("s4db, the reference's files (no footers)");
			report.goal("rebuild, " + keys + " keys", "faster with footers",
					footers.medianText() + "; without " + whole.medianText(), footers.median() < whole.median());
		}
		Settings.delete(own);
		Settings.delete(foreign);
	}

	private static double rebuild(S4DB db, int keys) {
		long start = System.nanoTime();
		if (db.rebuildIndex().keys() != keys) {
			throw new IllegalStateException("The rebuild did not find all keys");
		}
		return System.nanoTime() - start;
	}

	/**
	 * A database in files as the reference writes them: without footers or batch marks.
	 */
	private static void writeAsReference(Path folder, int keys) throws IOException {
		Files.createDirectories(folder);
		EntryBuffer entry = new EntryBuffer();
		long number = 1;
		long written = 0;
		OutputStream out = null;
		try (OutputStream indexOut = new BufferedOutputStream(
				Files.newOutputStream(folder.resolve(StoreLayout.INDEX)))) {
			IndexWriter index = new IndexWriter(indexOut, 2 + keys / 200_000, keys);
			for (int id = 0; id < keys; id++) {
				if (out == null) {
					out = new BufferedOutputStream(Files.newOutputStream(folder.resolve(StoreLayout.dataFile(number))));
					out.write(DataFileHeader.of(number));
					written = DataFileHeader.LENGTH;
				}
				byte[] key = Data.key(id).getBytes(java.nio.charset.StandardCharsets.UTF_8);
				entry.begin(1);
				entry.put(key, Data.value(id).getBytes(java.nio.charset.StandardCharsets.UTF_8));
				entry.end();
				out.write(entry.bytes(), 0, entry.length());
				index.add(key, 0, key.length, number, written, entry.length());
				written += entry.length();
				if ((id + 1) % 200_000 == 0 || id + 1 == keys) {
					out.close();
					out = null;
					number++;
				}
			}
			index.finishWithoutTrailer();
		}
	}

	static void compact(Settings settings, Report report) throws Exception {
		int keys = settings.keys();
		Path folder = Databases.copy(settings, keys, "compact-s4db");
		Samples before = new Samples();
		Samples during = new Samples();
		try (S4DB db = Databases.open(folder); Rocks rocks = new Rocks(settings.fresh("compact-rocks"))) {
			rocks.load(keys);
			long bytes = db.stats().dataBytes();
			Contest contest = new Contest(settings).side("s4db", (round) -> {
				long start = System.nanoTime();
				db.compact();
				return System.nanoTime() - start;
			}).side("RocksDB", (round) -> {
				long start = System.nanoTime();
				rocks.compact();
				return System.nanoTime() - start;
			}).side("s4db, with one thread that gets", (round) -> {
				LocalReads.Reads gets = LocalReads.gets(keys, (key) -> Objects.requireNonNull(db.get(key)));
				double alone = LocalReads.nanos(1, round, settings.operations(), gets);
				long start = System.nanoTime();
				double beside = getsWhile(gets, db::compact);
				double nanos = System.nanoTime() - start;
				if (round >= 0) {
					before.add(alone);
					during.add(beside);
				}
				return nanos;
			}).run();
			report.section("Compact", "All of " + keys + " keys, " + (bytes >> 20)
					+ " MiB, everything live; outputs are written, uploaded to a folder and committed. RocksDB rewrites"
					+ " its bottommost level.");
			contest.report(report, "side", false);
			report.table("gets", "median", "min – max");
			report.row("before", before.medianText(), before.spreadText());
			report.row("while it compacts", during.medianText(), during.spreadText());
			double kept = before.median() / during.median();
			report.goal("compact, " + keys + " keys", "gets keep half their rate",
					contest.samples("s4db").medianText() + "; " + Samples.digits(100 * kept) + "%", kept >= 0.5);
		}
		Settings.delete(folder);
		Settings.delete(settings.folder().resolve("compact-rocks"));
	}

	/** Nanoseconds a get while something runs. */
	private static double getsWhile(LocalReads.Reads gets, Runnable work) throws Exception {
		AtomicBoolean done = new AtomicBoolean();
		AtomicLong count = new AtomicLong();
		AtomicLong nanos = new AtomicLong();
		Thread reader = new Thread(() -> {
			SplittableRandom random = new SplittableRandom(7);
			long start = System.nanoTime();
			try {
				do {
					LocalReads.sink += gets.read(random, 100);
					count.addAndGet(100);
				}
				while (!done.get());
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			nanos.set(System.nanoTime() - start);
		}, "reader");
		reader.start();
		work.run();
		done.set(true);
		reader.join();
		return nanos.doubleValue() / count.get();
	}

}
