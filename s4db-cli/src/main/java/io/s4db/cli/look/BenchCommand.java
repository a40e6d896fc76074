package io.s4db.cli.look;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.s4db.EntryIterator;
import io.s4db.KeyRange;
import io.s4db.Mode;
import io.s4db.RequestCounts;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.cli.command.ChangingCommand;
import io.s4db.cli.command.Confirmation;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Table;
import io.s4db.cli.terminal.Words;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * How fast this bucket is from here, and what that costs.
 */
@Command(name = "bench", header = "Measures gets, scans and uploads against this bucket, and what they cost.",
		description = { "",
				"Opens the database, gets random keys one at a time, all of them together, and scans, without a"
						+ " cache: so each number is the bucket's, seen from this machine. Reads only. With --uploads it also"
						+ " writes, to a place of its own below the database, which it removes at the end; that it says, and asks.",
				"" },
		footer = { "", "Examples:", "  s4db bench s3://my-bucket/my-db",
				"  s4db bench s3://my-bucket/my-db --gets 1000 --threads 16",
				"  s4db bench s3://my-bucket/my-db --uploads 20 --upload-size 16 --yes" })
public final class BenchCommand extends ChangingCommand {

	private static final int WARM_UP = 3;

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Option(names = "--gets", paramLabel = "N", order = 40, defaultValue = "200",
			description = "How many keys to get. Default: ${DEFAULT-VALUE}.")
	int gets;

	@Option(names = "--threads", paramLabel = "N", order = 41, defaultValue = "1",
			description = "How many gets at a time. Default: ${DEFAULT-VALUE}.")
	int threads;

	@Option(names = "--scan", paramLabel = "PAIRS", order = 42, defaultValue = "10000",
			description = "How many pairs to scan. Default: ${DEFAULT-VALUE}.")
	long pairs;

	@Option(names = "--uploads", paramLabel = "N", order = 43, defaultValue = "0",
			description = "How many uploads of one small value to measure. Default: none.")
	int uploads;

	@Option(names = "--upload-size", paramLabel = "MIB", order = 44, defaultValue = "0",
			description = "Upload so many MiB at once, too. Default: none.")
	int uploadSize;

	@Option(names = "--seed", paramLabel = "N", order = 45, defaultValue = "1",
			description = "Which keys. Default: ${DEFAULT-VALUE}.")
	long seed;

	@Mixin
	Confirmation confirmation = new Confirmation();

	private final List<Row> rows = new ArrayList<>();

	/** What was measured. */
	@SuppressWarnings("ArrayRecordComponent")
	private record Row(String what, long times, long[] nanos, long totalNanos, RequestCounts requests) {

		double perSecond() {
			return this.times * 1e9 / Math.max(1, this.totalNanos);
		}

		long nanos(double share) {
			return (this.nanos.length > 0)
					? this.nanos[(int) Math.min(this.nanos.length - 1L, (long) (share * this.nanos.length))]
					: this.totalNanos;
		}

	}

	@Override
	protected int run() throws Exception {
		if (this.gets < 1 || this.threads < 1 || this.pairs < 0 || this.uploads < 0 || this.uploadSize < 0
				|| this.uploadSize > 1024) {
			throw CommandException
				.usage("--gets and --threads are at least 1, --upload-size at most 1024, and none is negative");
		}
		ObjectStore store = readOnlyStore(this.database);
		boolean writes = this.uploads > 0 || this.uploadSize > 0;
		String scratch = name(store).replaceFirst("/$", "") + "/.s4db-bench-" + UUID.randomUUID();
		if (writes) {
			this.confirmation.require(this,
					"Writes some " + Words.size(((long) this.uploadSize << 20) + this.uploads * 2_000L) + " in "
							+ Words.count(this.uploads * 3L + 10, "request") + " to " + scratch + ", and removes it");
		}
		reads(store);
		if (writes) {
			writes(scratch);
		}
		print();
		return ExitCode.OK;
	}

	private void reads(ObjectStore store) throws Exception {
		S4DBOptions options = S4DBOptions.builder().mode(Mode.READ_ONLY).cacheSize(0).build();
		long begun = System.nanoTime();
		try (S4DB db = S4DBEngine.open(store, options)) {
			requireDatabase(db, store);
			this.rows.add(new Row("open", 1, new long[0], System.nanoTime() - begun, db.stats().requests()));
			List<String> keys = sample(db);
			if (keys.isEmpty()) {
				say("There is no key to get");
				return;
			}
			for (String key : keys.subList(0, Math.min(WARM_UP, keys.size()))) {
				db.getBytes(key);
			}
			gets(db, keys);
			RequestCounts before = db.stats().requests();
			begun = System.nanoTime();
			db.getAllBytes(keys);
			this.rows.add(new Row("getall of " + keys.size(), 1, new long[0], System.nanoTime() - begun,
					db.stats().requests().since(before)));
			scan(db);
		}
	}

	/** Keys at random, each as likely as any other. */
	private List<String> sample(S4DB db) {
		Random random = new Random(this.seed);
		List<String> sample = new ArrayList<>();
		long seen = 0;
		for (String key : db.keys()) {
			seen++;
			if (sample.size() < this.gets) {
				sample.add(key);
			}
			else {
				long at = random.nextLong(seen);
				if (at < this.gets) {
					sample.set((int) at, key);
				}
			}
		}
		java.util.Collections.shuffle(sample, random);
		return sample;
	}

	private void gets(S4DB db, List<String> keys) throws InterruptedException, ExecutionException {
		RequestCounts before = db.stats().requests();
		long[] nanos = new long[keys.size()];
		ExecutorService executor = Executors.newFixedThreadPool(this.threads);
		long begun = System.nanoTime();
		try (Progress progress = progress("Getting", "keys")) {
			List<Future<?>> running = new ArrayList<>();
			for (int thread = 0; thread < this.threads; thread++) {
				int first = thread;
				running.add(executor.submit(() -> {
					for (int i = first; i < nanos.length; i += this.threads) {
						long start = System.nanoTime();
						db.getBytes(keys.get(i));
						nanos[i] = System.nanoTime() - start;
						if (first == 0) {
							progress.onProgress(i + 1L, nanos.length);
						}
					}
				}));
			}
			for (Future<?> one : running) {
				one.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		long total = System.nanoTime() - begun;
		Arrays.sort(nanos);
		this.rows.add(new Row("get" + ((this.threads > 1) ? ", " + this.threads + " at a time" : ""), nanos.length,
				nanos, total, db.stats().requests().since(before)));
	}

	private void scan(S4DB db) {
		if (this.pairs == 0) {
			return;
		}
		// The first one sorts the keys.
		try (EntryIterator<byte[]> first = db.scanBytes(KeyRange.all().limit(1))) {
			if (!first.hasNext()) {
				return;
			}
		}
		RequestCounts before = db.stats().requests();
		long begun = System.nanoTime();
		long seen = 0;
		try (EntryIterator<byte[]> entries = db.scanBytes(KeyRange.all().limit(this.pairs));
				Progress progress = progress("Scanning", "keys")) {
			while (entries.hasNext()) {
				entries.next();
				progress.onProgress(++seen, Math.min(this.pairs, db.size()));
			}
		}
		this.rows.add(new Row("scan, each pair", seen, new long[0], System.nanoTime() - begun,
				db.stats().requests().since(before)));
	}

	private void writes(String scratch) throws Exception {
		ObjectStore place = connection().store(scratch);
		try {
			writing(place, (db) -> {
				db.put("first", "pays for the look at the store and the new database");
				db.upload();
				long[] nanos = new long[this.uploads];
				RequestCounts before = db.stats().requests();
				long begun = System.nanoTime();
				for (int i = 0; i < this.uploads; i++) {
					long start = System.nanoTime();
					db.put("key" + i, "a small value");
					db.upload();
					nanos[i] = System.nanoTime() - start;
				}
				if (this.uploads > 0) {
					long total = System.nanoTime() - begun;
					Arrays.sort(nanos);
					this.rows.add(new Row("upload of a value", this.uploads, nanos, total,
							db.stats().requests().since(before)));
				}
				large(db);
				return ExitCode.OK;
			});
		}
		finally {
			List<String> names;
			try (Stream<ObjectInfo> objects = place.list("")) {
				names = objects.map(ObjectInfo::name).toList();
			}
			names.forEach(place::delete);
			if (place.directory().isPresent()) {
				deleteRecursively(place.directory().get());
			}
		}
	}

	private void large(S4DB db) {
		if (this.uploadSize == 0) {
			return;
		}
		Random random = new Random(this.seed);
		for (int i = 0; i < this.uploadSize; i++) {
			byte[] value = new byte[1 << 20];
			random.nextBytes(value);
			db.putBytes("large" + i, value);
		}
		RequestCounts before = db.stats().requests();
		long begun = System.nanoTime();
		upload(db);
		this.rows.add(new Row("upload of " + this.uploadSize + " MiB", 1, new long[0], System.nanoTime() - begun,
				db.stats().requests().since(before)));
	}

	private void print() {
		if (asJson()) {
			List<Object> list = new ArrayList<>();
			for (Row row : this.rows) {
				Map<String, Object> json = new LinkedHashMap<>();
				json.put("what", row.what());
				json.put("times", row.times());
				json.put("perSecond", row.perSecond());
				json.put("p50Micros", row.nanos(0.5) / 1000);
				json.put("p90Micros", row.nanos(0.9) / 1000);
				json.put("p99Micros", row.nanos(0.99) / 1000);
				json.put("maxMicros", row.nanos(1) / 1000);
				json.put("requests", StatsCommand.requests(row.requests()));
				list.add(json);
			}
			out().json(list);
			return;
		}
		Table table = new Table("lrrrrrrrrr", "what", "times", "a second", "p50", "p90", "p99", "slowest", "requests",
				"read, written", "a million cost");
		for (Row row : this.rows) {
			boolean many = row.nanos().length > 0;
			table.row(row.what(), Words.number(row.times()),
					String.format(java.util.Locale.ROOT, "%,.1f", row.perSecond()), many ? millis(row.nanos(0.5)) : "",
					many ? millis(row.nanos(0.9)) : "", many ? millis(row.nanos(0.99)) : "",
					(many || row.times() == 1) ? millis(row.nanos(1)) : "", Words.number(row.requests().total()),
					Words.size(row.requests().bytesRead() + row.requests().bytesWritten()),
					Words.dollars(row.requests().estimatedDollars() / Math.max(1, row.times()) * 1e6));
		}
		table.print(out(), "");
	}

	private static String millis(long nanos) {
		return String.format(java.util.Locale.ROOT, "%.2f ms", nanos / 1e6);
	}

}
