package io.s4db.benchmarks;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.s4db.EntryIterator;
import io.s4db.Mode;
import io.s4db.RequestCounts;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.s3.S3ObjectStore;
import io.s4db.store.testing.S3TestServer;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * What goes over the network: to an S3 server in this process, which takes its share of
 * the processor; some rows with latency added to each of its answers. The other side is
 * one object per key, with the same client.
 */
final class Bucket {

	private static final String PREFIX = "db/";

	private static final String OBJECTS = "objects/";

	private static final int THREADS = 16;

	private Bucket() {
	}

	private static S3ObjectStore store(S3TestServer server) {
		return new S3ObjectStore(server.client(), S3TestServer.BUCKET, PREFIX);
	}

	static void uploadAfterPut(Settings settings, Report report) throws Exception {
		int keys = settings.keys();
		int uploads = settings.uploads();
		Path folder = settings.fresh("upload");
		try (S3TestServer server = new S3TestServer();
				S4DB db = S4DBEngine.open(store(server), Databases.options(folder).build())) {
			Databases.load(db, keys, Data.VALUE_LENGTH);
			db.upload();
			db.checkpoint();
			db.put(Data.key(0), "first");
			RequestCounts start = db.stats().requests();
			db.upload();
			RequestCounts first = db.stats().requests().since(start);
			Samples times = new Samples();
			long manifest = 0;
			start = db.stats().requests();
			for (int i = 0; i < uploads; i++) {
				db.put(Data.key(i), Data.value(i + 1));
				long before = System.nanoTime();
				db.upload();
				times.add(System.nanoTime() - before);
				manifest = Math.max(manifest, manifestLength(server));
			}
			RequestCounts all = db.stats().requests().since(start);
			double requests = (double) all.total() / uploads;
			double bytes = (double) all.bytesWritten() / uploads;
			report.section("Upload after one put", keys + " keys are in the bucket; then a put of one, and an upload, "
					+ uploads + " times. Requests that carry nothing are in the number of requests.");
			report.table("", "requests", "of them PUT", "bytes sent", "time");
			report.row("the first", String.valueOf(first.total()), String.valueOf(first.puts()),
					String.valueOf(first.bytesWritten()), "");
			report.row("on average", Samples.digits(requests), Samples.digits((double) all.puts() / uploads),
					Samples.digits(bytes), times.medianText() + " (" + times.spreadText() + ")");
			report.row("largest manifest", "", "", String.valueOf(manifest), "");
			report.goal("upload after one put at " + keys + " keys",
					"2 PUT, ≤ 10 KB, also on average over " + uploads + "; the manifest stays bounded",
					first.puts() + " PUT, " + first.bytesWritten() + " B; " + Samples.digits(requests) + " requests, "
							+ Samples.digits(bytes) + " B; manifest ≤ " + manifest + " B",
					first.total() == 2 && first.bytesWritten() <= 10_000 && bytes <= 10_000 && manifest <= 16_384);
		}
		Settings.delete(folder);
	}

	private static long manifestLength(S3TestServer server) {
		return server.client()
			.headObject((request) -> request.bucket(S3TestServer.BUCKET).key(PREFIX + "manifest.json"))
			.contentLength();
	}

	private static byte[] getObject(S3Client client, String key) {
		ResponseBytes<GetObjectResponse> bytes = client
			.getObject((request) -> request.bucket(S3TestServer.BUCKET).key(key), ResponseTransformer.toBytes());
		return bytes.asByteArrayUnsafe();
	}

	private static void putObject(S3Client client, String key, String value) {
		client.putObject((request) -> request.bucket(S3TestServer.BUCKET).key(key), RequestBody.fromString(value));
	}

	static void iterate(Settings settings, Report report) throws Exception {
		int keys = settings.fewKeys();
		int objects = Math.min(keys, 2000);
		try (S3TestServer server = new S3TestServer()) {
			Databases.commit(store(server), settings.fresh("bucket-iterate"), keys, Data.VALUE_LENGTH);
			for (int id = 0; id < objects; id++) {
				putObject(server.client(), OBJECTS + Data.key(id), Data.value(id));
			}
			RequestCounts[] requests = new RequestCounts[1];
			try (S4DB db = S4DBEngine.open(store(server), Databases.readOnly())) {
				Contest contest = new Contest(settings).side("s4db", (round) -> {
					RequestCounts before = db.stats().requests();
					long start = System.nanoTime();
					int seen = 0;
					try (EntryIterator<String> all = db.iterate()) {
						for (; all.hasNext(); all.next()) {
							seen++;
						}
					}
					double nanos = (double) (System.nanoTime() - start) / seen;
					requests[0] = db.stats().requests().since(before);
					return nanos;
				}).side("one object per key, one by one", (round) -> {
					long start = System.nanoTime();
					int seen = 0;
					for (S3Object object : server.client()
						.listObjectsV2Paginator((request) -> request.bucket(S3TestServer.BUCKET).prefix(OBJECTS))
						.contents()) {
						LocalReads.sink += getObject(server.client(), object.key()).length;
						seen++;
					}
					return (double) (System.nanoTime() - start) / seen;
				}).run();
				report.section("Iterate from the bucket", keys + " pairs, nothing local; one object per key for "
						+ objects + " of them. Nanoseconds a pair.");
				contest.report(report, "side", true);
				report.table("", "GETs", "bytes read");
				report.row("s4db", String.valueOf(requests[0].gets()), String.valueOf(requests[0].bytesRead()));
				report.goal(
						"iterate " + keys + " pairs from the bucket", "≤ 5 GET", requests[0].gets() + " GET, "
								+ requests[0].bytesRead() + " B; " + Samples.rateText(contest.samples("s4db").rate()),
						requests[0].total() <= 5);
			}
		}
	}

	static void getAll(Settings settings, Report report) throws Exception {
		int keys = settings.fewKeys();
		int wanted = Math.min(keys, 1000);
		try (S3TestServer server = new S3TestServer()) {
			Databases.commit(store(server), settings.fresh("get-all"), keys, Data.VALUE_LENGTH);
			List<String> names = new ArrayList<>();
			new SplittableRandom(5).ints(0, keys).distinct().limit(wanted).forEach((id) -> {
				names.add(Data.key(id));
				putObject(server.client(), OBJECTS + Data.key(id), Data.value(id));
			});
			server.setLatency(Duration.ofMillis(settings.latencyMillis()));
			RequestCounts[] requests = new RequestCounts[1];
			ExecutorService pool = Executors.newFixedThreadPool(THREADS);
			Contest contest = new Contest(settings).side("s4db", (round) -> {
				try (S4DB db = S4DBEngine.open(store(server), Databases.readOnly())) {
					RequestCounts before = db.stats().requests();
					long start = System.nanoTime();
					check(db.getAll(names).size(), wanted);
					double nanos = System.nanoTime() - start;
					requests[0] = db.stats().requests().since(before);
					return nanos;
				}
			}).side("one object per key, " + THREADS + " at a time", (round) -> {
				long start = System.nanoTime();
				List<Future<byte[]>> futures = new ArrayList<>();
				for (String name : names) {
					futures.add(pool.submit(() -> getObject(server.client(), OBJECTS + name)));
				}
				for (Future<byte[]> future : futures) {
					LocalReads.sink += future.get().length;
				}
				return System.nanoTime() - start;
			}).run();
			pool.shutdown();
			String other = "one object per key, " + THREADS + " at a time";
			report.section("getAll", wanted + " keys drawn from " + keys + ", nothing local or cached, "
					+ settings.latencyMillis() + " ms added to each answer.");
			contest.report(report, "side", false);
			report.table("", "GETs", "bytes read");
			report.row("s4db", String.valueOf(requests[0].gets()), String.valueOf(requests[0].bytesRead()));
			report.goal("getAll of " + wanted + " keys of " + keys + ", " + settings.latencyMillis() + " ms a request",
					"≤ 100 GET; faster than " + THREADS + " single GETs at a time",
					requests[0].gets() + " GET, " + requests[0].bytesRead() + " B, "
							+ contest.samples("s4db").medianText() + "; " + Report.times(contest.ratio("s4db", other)),
					requests[0].total() <= 100 && contest.ratio("s4db", other) > 1);
		}
	}

	private static void check(long got, long wanted) {
		if (got != wanted) {
			throw new IllegalStateException("Got " + got + " instead of " + wanted);
		}
	}

	static void coldOpen(Settings settings, Report report) throws Exception {
		int keys = settings.keys();
		try (S3TestServer server = new S3TestServer()) {
			Databases.commit(store(server), settings.fresh("cold-open"), keys, Data.VALUE_LENGTH);
			RequestCounts[] requests = new RequestCounts[1];
			Contest contest = new Contest(settings);
			for (int latency : new int[] { 0, settings.latencyMillis() }) {
				contest.side("s4db, " + latency + " ms a request", (round) -> {
					server.setLatency(Duration.ofMillis(latency));
					long start = System.nanoTime();
					try (S4DB db = S4DBEngine.open(store(server), Databases.readOnly())) {
						double nanos = System.nanoTime() - start;
						check(db.size(), keys);
						requests[0] = db.stats().requests();
						return nanos;
					}
				});
			}
			contest.run();
			report.section("Cold open", keys + " keys, read-only, nothing local.");
			contest.report(report, "side", false);
			report.table("", "GETs", "other requests", "bytes read");
			RequestCounts counts = requests[0];
			report.row("s4db", String.valueOf(counts.gets()), String.valueOf(counts.total() - counts.gets()),
					String.valueOf(counts.bytesRead()));
			// The index in ranges of 8 MiB, at the same time.
			long parts = counts.bytesRead() / (8 << 20);
			report.goal("cold open as a reader, " + keys + " keys", "≤ 2 GET + parts of the index in parallel",
					counts.gets() + " GET and " + (counts.total() - counts.gets()) + " others, " + counts.bytesRead()
							+ " B in parts of 8 MiB, " + contest.samples("s4db, 0 ms a request").medianText(),
					counts.total() <= 2 + parts);
		}
	}

	static void download(Settings settings, Report report) throws Exception {
		long bytes = (long) settings.downloadMegabytes() << 20;
		int valueLength = 256 << 10;
		try (S3TestServer server = new S3TestServer()) {
			S3ObjectStore store = store(server);
			try (S4DB db = S4DBEngine.open(store, Databases.options(settings.fresh("download-writer")).build())) {
				for (long written = 0; written < bytes; written += 16L * valueLength) {
					db.put(Data.batch(written / valueLength, 16, valueLength));
				}
				db.upload();
			}
			Settings.delete(settings.folder().resolve("download-writer"));
			List<String> names = store.list("data_").map((object) -> object.name()).toList();
			S4DBOptions.Builder options = S4DBOptions.builder().mode(Mode.READ_ONLY);
			int threads = S4DBOptions.defaults().transferParallelism();
			Contest contest = new Contest(settings).side("s4db", (round) -> {
				Path folder = settings.fresh("download-s4db");
				try (S4DB db = S4DBEngine.open(store, options.localDir(folder).build())) {
					long start = System.nanoTime();
					check(db.download().dataFiles(), names.size());
					return System.nanoTime() - start;
				}
			})
				.side("plain copy, " + threads + " at a time", (round) -> copy(settings, server, names, threads, false))
				.side("plain copy, " + threads + " at a time, forced to disk",
						(round) -> copy(settings, server, names, threads, true))
				.run();
			String plain = "plain copy, " + threads + " at a time";
			report.section("Download", (bytes >> 20) + " MiB in " + names.size() + " files from the server in this"
					+ " process; s4db verifies each file, and forces it to disk, before it takes its place.");
			contest.report(report, "side", false);
			report.goal("download " + (bytes >> 20) + " MiB", "≥ 80% of a plain parallel copy with the same client",
					Samples.digits((bytes >> 20) * 1e9 / contest.median("s4db")) + " MiB/s, "
							+ Samples.digits(100 * contest.ratio("s4db", plain)) + "% ("
							+ Samples.digits(100 * contest.ratio("s4db", plain + ", forced to disk"))
							+ "% of one that is forced to disk, too)",
					contest.ratio("s4db", plain) >= 0.8);
		}
		Settings.delete(settings.folder().resolve("download-s4db"));
		Settings.delete(settings.folder().resolve("download-plain"));
	}

	/** Copies objects to files; nanoseconds. */
	private static double copy(Settings settings, S3TestServer server, List<String> names, int threads, boolean force)
			throws Exception {
		Path folder = settings.fresh("download-plain");
		ExecutorService pool = Executors.newFixedThreadPool(threads);
		long start = System.nanoTime();
		List<Future<?>> futures = new ArrayList<>();
		for (String name : names) {
			futures.add(pool.submit(() -> {
				server.client()
					.getObject((request) -> request.bucket(S3TestServer.BUCKET).key(PREFIX + name),
							folder.resolve(name));
				if (force) {
					try (FileChannel file = FileChannel.open(folder.resolve(name), StandardOpenOption.WRITE)) {
						file.force(true);
					}
				}
				return name;
			}));
		}
		for (Future<?> future : futures) {
			future.get();
		}
		double nanos = System.nanoTime() - start;
		pool.shutdown();
		// Or what was not written out yet would be, at the cost of the side that forces.
		Settings.delete(folder);
		return nanos;
	}

	static void footers(Settings settings, Report report) throws Exception {
		int keys = settings.fewKeys();
		report.section("Footers", "What data files have beside entries: headers, footers, and the marks of batches.");
		report.table("value", "bytes stored", "bytes of entries", "share of the rest");
		StringBuilder measured = new StringBuilder();
		boolean met = true;
		for (int valueLength : new int[] { Data.VALUE_LENGTH, 20 }) {
			Path folder = settings.fresh("footers");
			try (S4DB db = Databases.open(folder)) {
				Databases.load(db, keys, valueLength);
				db.upload();
				long stored = 0;
				try (var files = Files.list(folder.resolve("store"))) {
					for (Path file : files.filter((path) -> path.getFileName().toString().startsWith("data_"))
						.toList()) {
						stored += Files.size(file);
					}
				}
				long entries = db.stats().liveBytes();
				double share = 100.0 * (stored - entries) / stored;
				report.row(valueLength + " bytes", String.valueOf(stored), String.valueOf(entries),
						Samples.digits(share) + "%");
				measured.append(measured.isEmpty() ? "" : "; ").append(Samples.digits(share)).append('%');
				met &= share <= 15;
			}
			Settings.delete(folder);
		}
		report.goal("footers' share of the bytes stored", "≤ 15%, also with 20-byte values", measured.toString(), met);
	}

}
