package io.s4db.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import io.s4db.S4DB;
import io.s4db.format.EntryBuffer;
import io.s4db.format.EntryFormat;
import io.s4db.index.KeyIndex;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The hot paths, one by one: nanoseconds an operation, what the data cost included (see
 * {@link #key}).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class HotPaths {

	/** How many keys there are. */
	@Param({ "1000", "1000000" })
	public int keys;

	private final SplittableRandom random = new SplittableRandom(1);

	private final KeyIndex index = new KeyIndex(42);

	private final EntryBuffer buffer = new EntryBuffer();

	private byte[] keyBytes = new byte[0];

	private byte[] valueBytes = new byte[0];

	private byte[] entry = new byte[0];

	private Path folder = Path.of("");

	@SuppressWarnings("NullAway.Init")
	private S4DB db;

	private Map<String, String> batch = Map.of();

	private long changes;

	/** Makes a database and an index with the keys. */
	@Setup
	public void setUp() throws IOException {
		this.keyBytes = Data.key(1).getBytes(StandardCharsets.UTF_8);
		this.valueBytes = Data.value(1).getBytes(StandardCharsets.UTF_8);
		encodeEntry();
		this.entry = java.util.Arrays.copyOf(this.buffer.bytes(), this.buffer.length());
		for (int id = 0; id < this.keys; id++) {
			putIntoIndex(id);
		}
		this.folder = Files.createTempDirectory("s4db-jmh");
		this.db = Databases.open(this.folder);
		Databases.load(this.db, this.keys, Data.VALUE_LENGTH);
		this.db.upload();
		this.batch = Data.batch(0, Databases.BATCH, Data.VALUE_LENGTH);
	}

	/** Keeps what is pending from filling the disk. */
	@Setup(Level.Iteration)
	public void startAnew() throws IOException {
		if (this.changes > 0) {
			this.db.close();
			Settings.delete(this.folder);
			this.db = Databases.open(this.folder);
			Databases.load(this.db, this.keys, Data.VALUE_LENGTH);
			this.db.upload();
			this.changes = 0;
		}
	}

	/** Removes everything. */
	@TearDown
	public void tearDown() throws IOException {
		this.db.close();
		Settings.delete(this.folder);
	}

	private byte[] randomKey() {
		return Data.key(this.random.nextInt(this.keys)).getBytes(StandardCharsets.UTF_8);
	}

	private void putIntoIndex(long id) {
		byte[] key = Data.key(id).getBytes(StandardCharsets.UTF_8);
		this.index.put(key, 0, key.length, 1 + id / 200_000, id % 200_000 * 300, 287, false);
	}

	/** What the other numbers contain: making a key. */
	@Benchmark
	public Object key() {
		return randomKey();
	}

	/** A lookup in the index. */
	@Benchmark
	public @Nullable Object indexGet() {
		return this.index.get(randomKey());
	}

	/** An update in the index. */
	@Benchmark
	public void indexPut() {
		putIntoIndex(this.random.nextInt(this.keys));
	}

	/** Compression and checksum of an entry. */
	@Benchmark
	public int encodeEntry() {
		this.buffer.begin(1);
		this.buffer.put(this.keyBytes, this.valueBytes);
		this.buffer.end();
		return this.buffer.length();
	}

	/** Check and decompression of an entry. */
	@Benchmark
	public Object decodeEntry() {
		return EntryFormat.value(this.entry, 0, this.entry.length, this.keyBytes, "an entry", 0);
	}

	/** A get from a local copy. */
	@Benchmark
	public @Nullable Object get() {
		return this.db.get(Data.key(this.random.nextInt(this.keys)));
	}

	/** A put of one pair. */
	@Benchmark
	public void put() {
		this.changes++;
		this.db.put(Data.key(this.random.nextInt(this.keys)), Data.value(this.changes));
	}

	/** A put of a batch of pairs, a pair of it. */
	@Benchmark
	@OperationsPerInvocation(Databases.BATCH)
	public void putBatch() {
		this.changes++;
		this.db.put(this.batch);
	}

}
