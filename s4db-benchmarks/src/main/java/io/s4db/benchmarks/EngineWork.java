package io.s4db.benchmarks;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;
import io.s4db.store.testing.S3TestServer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The program of a {@link Worker}: the engine's part of a row, with a bucket as the
 * database's home. It uses the engine's public interface alone, so that it runs with the
 * engine of another build as well.
 */
public final class EngineWork implements AutoCloseable {

	/** What it can do. */
	static final List<String> NAMES = List.of("batch-put", "single-put", "get", "get-2-threads", "open", "iterate",
			"rebuild", "compact", "upload", "bucket-iterate", "get-all", "cold-open");

	private final S3Client client;

	private final String prefix;

	private final Path folder;

	private final int keys;

	private final int fewKeys;

	private final int operations;

	private final List<S4DB> open = new ArrayList<>();

	private EngineWork(S3Client client, String prefix, Path folder, List<Integer> numbers) {
		this.client = client;
		this.prefix = prefix;
		this.folder = folder;
		this.keys = numbers.get(0);
		this.fewKeys = numbers.get(1);
		this.operations = numbers.get(2);
	}

	/**
	 * What the process gets as its arguments.
	 */
	static List<String> arguments(String work, URI endpoint, String prefix, Path folder, Settings settings) {
		return List.of(work, endpoint.toString(), prefix, folder.toString(), String.valueOf(settings.keys()),
				String.valueOf(settings.fewKeys()), String.valueOf(settings.operations()));
	}

	/**
	 * Prepares, then does rounds until its input ends.
	 * @param arguments see {@link #arguments}
	 */
	public static void main(String[] arguments) throws Exception {
		try (BufferedReader rounds = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
			run(List.of(arguments), rounds, System.out);
		}
		catch (LinkageError | ReflectiveOperationException ex) {
			System.out.println("error: its engine lacks what the benchmarks call: " + ex);
		}
	}

	static void run(List<String> arguments, BufferedReader rounds, PrintStream answers) throws Exception {
		List<Integer> numbers = arguments.subList(4, 7).stream().map(Integer::valueOf).toList();
		try (S3Client client = client(URI.create(arguments.get(1)));
				EngineWork work = new EngineWork(client, arguments.get(2), Path.of(arguments.get(3)), numbers)) {
			Contest.Round round = work.prepare(arguments.get(0));
			answers.println("ready");
			for (String line = rounds.readLine(); line != null; line = rounds.readLine()) {
				answers.println(round.nanos(Integer.parseInt(line)));
			}
		}
	}

	private static S3Client client(URI endpoint) {
		return S3Client.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.forcePathStyle(true)
			.credentialsProvider(StaticCredentialsProvider
				.create(AwsBasicCredentials.create(S3TestServer.ACCESS_KEY, S3TestServer.SECRET_KEY)))
			.build();
	}

	private Contest.Round prepare(String work) throws ReflectiveOperationException {
		return switch (work) {
			case "batch-put" -> batchPut();
			case "single-put" -> singlePut(loaded(this.keys));
			case "get" -> get(loaded(this.keys), 1);
			case "get-2-threads" -> get(loaded(this.keys), 2);
			case "open" -> open();
			case "iterate" -> iterate(loaded(this.keys), this.keys, IterationMode.LOCAL);
			case "rebuild" -> rebuild(loaded(this.keys));
			case "compact" -> compact(loaded(this.keys));
			case "upload" -> upload(loaded(this.keys));
			case "bucket-iterate" -> bucketIterate();
			case "get-all" -> getAll();
			case "cold-open" -> coldOpen();
			default -> throw new IllegalArgumentException("There is no work '" + work + "'");
		};
	}

	private ObjectStore store(String name) throws ReflectiveOperationException {
		return (ObjectStore) storeClass().getConstructor(S3Client.class, String.class, String.class)
			.newInstance(this.client, S3TestServer.BUCKET, this.prefix + name + "/");
	}

	/** The engine's store in S3, which earlier builds have in another package. */
	private static Class<?> storeClass() throws ClassNotFoundException {
		try {
			return Class.forName("io.s4db.store.s3.S3ObjectStore");
		}
		catch (ClassNotFoundException ex) {
			return Class.forName("io.s4db.store.S3ObjectStore");
		}
	}

	private S4DB open(String name) throws ReflectiveOperationException {
		return S4DBEngine.open(store(name), Databases.options(this.folder.resolve(name)).build());
	}

	private S4DB openReader() throws ReflectiveOperationException {
		return S4DBEngine.open(store("db"), S4DBOptions.builder().mode(Mode.READ_ONLY).build());
	}

	private S4DB keep(S4DB db) {
		this.open.add(db);
		return db;
	}

	/** A database with so many keys, in the bucket and local. */
	private S4DB loaded(int count) throws ReflectiveOperationException {
		S4DB db = keep(open("db"));
		Databases.load(db, count, Data.VALUE_LENGTH);
		db.upload();
		db.checkpoint();
		return db;
	}

	/** The same in the bucket alone. */
	private void committed(int count) throws ReflectiveOperationException {
		loaded(count);
		close();
	}

	private Contest.Round batchPut() {
		List<Map<String, String>> batches = new ArrayList<>();
		for (int id = 0; id < this.fewKeys; id += Databases.BATCH) {
			batches.add(Data.batch(id, Math.min(Databases.BATCH, this.fewKeys - id), Data.VALUE_LENGTH));
		}
		return (round) -> {
			String name = "batch-put" + round;
			try (S4DB db = open(name)) {
				long start = System.nanoTime();
				batches.forEach(db::put);
				return (double) (System.nanoTime() - start) / this.fewKeys;
			}
			finally {
				Settings.delete(this.folder.resolve(name));
			}
		};
	}

	private Contest.Round singlePut(S4DB db) {
		return (round) -> new LocalWrites.Latencies().of(this.keys, this.operations, round, db::put);
	}

	private Contest.Round get(S4DB db, int threads) {
		LocalReads.Reads gets = LocalReads.gets(this.keys, (key) -> Objects.requireNonNull(db.get(key)));
		return (round) -> LocalReads.nanos(threads, round, this.operations, gets);
	}

	private Contest.Round open() throws ReflectiveOperationException {
		committed(this.keys);
		String key = Data.key(this.keys / 2);
		return (round) -> {
			long start = System.nanoTime();
			try (S4DB db = open("db")) {
				Objects.requireNonNull(db.get(key));
				return System.nanoTime() - start;
			}
		};
	}

	private static Contest.Round iterate(S4DB db, int count, IterationMode mode) {
		return (round) -> LocalReads.pass(count, () -> {
			long sum = 0;
			try (EntryIterator<String> all = db.iterate(mode)) {
				while (all.hasNext()) {
					sum += all.next().getValue().length();
				}
			}
			return sum;
		});
	}

	private Contest.Round rebuild(S4DB db) {
		return (round) -> {
			long start = System.nanoTime();
			if (db.rebuildIndex().keys() != this.keys) {
				throw new IllegalStateException("The rebuild did not find all keys");
			}
			return System.nanoTime() - start;
		};
	}

	private static Contest.Round compact(S4DB db) {
		return (round) -> {
			long start = System.nanoTime();
			db.compact();
			return System.nanoTime() - start;
		};
	}

	private Contest.Round upload(S4DB db) {
		return (round) -> {
			db.put(Data.key(Math.floorMod(round, this.keys)), "changed");
			long start = System.nanoTime();
			db.upload();
			return System.nanoTime() - start;
		};
	}

	private Contest.Round bucketIterate() throws ReflectiveOperationException {
		committed(this.fewKeys);
		return iterate(keep(openReader()), this.fewKeys, IterationMode.REMOTE);
	}

	private Contest.Round getAll() throws ReflectiveOperationException {
		committed(this.fewKeys);
		List<String> names = new ArrayList<>();
		new SplittableRandom(5).ints(0, this.fewKeys)
			.distinct()
			.limit(Math.min(this.fewKeys, 1000))
			.forEach((id) -> names.add(Data.key(id)));
		return (round) -> {
			try (S4DB db = openReader()) {
				long start = System.nanoTime();
				LocalReads.sink += db.getAll(names).size();
				return System.nanoTime() - start;
			}
		};
	}

	private Contest.Round coldOpen() throws ReflectiveOperationException {
		committed(this.keys);
		return (round) -> {
			long start = System.nanoTime();
			try (S4DB db = openReader()) {
				LocalReads.sink += db.size();
				return System.nanoTime() - start;
			}
		};
	}

	/** Closes databases that are open. */
	@Override
	public void close() {
		this.open.forEach(S4DB::close);
		this.open.clear();
	}

}
