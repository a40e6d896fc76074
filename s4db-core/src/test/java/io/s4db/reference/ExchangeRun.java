package io.s4db.reference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import io.s4db.CheckpointPolicy;
import io.s4db.CompactionPolicy;
import io.s4db.EntryIterator;
import io.s4db.ForeignWriterException;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One database that goes back and forth between the engine and the reference, which take
 * turns: each opens what the other left, checks it against a plain map, does some random
 * things, and uploads. One seed decides everything but identities.
 */
final class ExchangeRun {

	private static final String PREFIX = FixtureDatabases.PREFIX;

	private static final int TURNS = 8;

	private final Path folder;

	private final Path bucket;

	private final Random random;

	private final List<String> keys = new ArrayList<>();

	private final Map<String, String> model = new HashMap<>();

	private final List<String> done = new ArrayList<>();

	private final long maxFileSize;

	private Duration passed = Duration.ZERO;

	/**
	 * Whether the reference made the index anew and we have not committed since: it then
	 * takes our last data file for its own latest, and appends to it if it has it.
	 */
	private boolean rebuiltByReference;

	/** Whether the reference may have appended to a data file of ours. */
	private boolean appendedToOurs;

	ExchangeRun(Path folder, long seed) {
		this.folder = folder;
		this.bucket = folder.resolve("bucket");
		this.random = new Random(seed);
		this.maxFileSize = 1024L << this.random.nextInt(4);
		this.keys.addAll(List.of("", "\u0000", "a/b", "\u20ac", "\ud83d\ude00", "\ud83d\ude00\u0301", "\r\n",
				"long ".repeat(200)));
		for (int i = 0; i < 24; i++) {
			this.keys.add("key" + i);
		}
	}

	/** What was done, for the report of a failure. */
	String protocol() {
		return String.join(System.lineSeparator(), this.done);
	}

	void run() {
		for (int turn = 0; turn < TURNS; turn++) {
			this.passed = this.passed.plusMinutes(this.random.nextInt(3 * 24 * 60));
			if (this.random.nextBoolean()) {
				engineTurn(turn);
			}
			else {
				referenceTurn(turn);
			}
		}
		engineTurn(TURNS);
		checkReferenceRebuildsAndCompacts();
	}

	// The engine

	private void engineTurn(int turn) {
		Path local = switch (this.random.nextInt(3)) {
			case 0 -> this.folder.resolve("engine");
			case 1 -> this.folder.resolve("engine" + turn);
			default -> null;
		};
		done("engine, local directory %s".formatted((local != null) ? local.getFileName() : "its own"));
		try (ObjectStore store = new DirectoryObjectStore(this.bucket.resolve("db"));
				S4DB database = open(store, options(local))) {
			check(database);
			for (int i = this.random.nextInt(6); i >= 0; i--) {
				engineStep(database);
			}
			check(database);
			if (this.random.nextInt(3) == 0) {
				database.upload();
				assertThat(database.verify().findings()).isEmpty();
			}
		}
		if (indexIsOurs()) {
			this.rebuiltByReference = false;
			this.appendedToOurs = false;
		}
	}

	/** Whether something stands behind the index's last entry. */
	private boolean indexIsOurs() {
		Path index = this.bucket.resolve(PREFIX + ReferenceIndex.NAME);
		try {
			byte[] bytes = Files.exists(index) ? Files.readAllBytes(index) : new byte[0];
			return bytes.length > 0 && bytes.length > ReferenceIndex.decode(bytes).encode().length;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private S4DB open(ObjectStore store, S4DBOptions options) {
		try {
			return S4DBEngine.open(store, options);
		}
		catch (ForeignWriterException ex) {
			if (!this.appendedToOurs) {
				throw ex;
			}
			done("  not adopted, hence rebuilt: %s".formatted(ex.getMessage()));
			return S4DBEngine.rebuild(store, options);
		}
	}

	private S4DBOptions options(@Nullable Path local) {
		return S4DBOptions.builder()
			.localDir(local)
			.maxFileSize(this.maxFileSize)
			.checkpoint(CheckpointPolicy.ALWAYS)
			.clock(Clock.offset(Clock.systemUTC(), this.passed))
			.build();
	}

	private void engineStep(S4DB database) {
		switch (this.random.nextInt(12)) {
			case 0, 1, 2, 3 -> database.put(somePairs());
			case 4, 5 -> {
				List<String> some = someKeys();
				done("  delete %s".formatted(some));
				int there = (int) some.stream().filter(this.model::containsKey).count();
				some.forEach(this.model::remove);
				assertThat(database.delete(some)).isEqualTo(there);
			}
			case 6 -> {
				done("  upload");
				database.upload();
			}
			case 7 -> {
				done("  compact");
				database.compact();
			}
			case 8 -> {
				done("  compact in part");
				database.compact(CompactionPolicy.partial(0.3));
			}
			case 9 -> {
				done("  rebuild");
				database.rebuildIndex();
			}
			case 10 -> {
				done("  download");
				database.download();
			}
			default -> check(database);
		}
	}

	private void check(S4DB database) {
		assertThat(database.keys()).isEqualTo(this.model.keySet());
		assertThat(database.size()).isEqualTo(this.model.size());
		Map<String, String> pairs = new HashMap<>();
		IterationMode mode = this.random.nextBoolean() ? IterationMode.REMOTE : IterationMode.LOCAL;
		try (EntryIterator<String> entries = database.iterate(mode)) {
			entries.forEachRemaining((pair) -> assertThat(pairs.put(pair.getKey(), pair.getValue())).isNull());
		}
		assertThat(pairs).isEqualTo(this.model);
		assertThat(database.getAll(this.keys)).isEqualTo(this.model);
		for (String key : someKeys()) {
			assertThat(database.get(key)).isEqualTo(this.model.get(key));
		}
	}

	// The reference

	/**
	 * In a directory of its own each time: with files of an earlier turn in it the
	 * reference would take those for the bucket's.
	 */
	private void referenceTurn(int turn) {
		ReferenceDatabase database = reference(this.folder.resolve("reference" + turn));
		done("reference");
		check(database);
		boolean complete = Files.exists(this.bucket.resolve(PREFIX + ReferenceIndex.NAME)) && this.random.nextBoolean();
		if (complete) {
			done("  download");
			database.download();
			check(database);
		}
		for (int i = this.random.nextInt(5); i >= 0; i--) {
			switch (this.random.nextInt(complete ? 6 : 4)) {
				case 0, 1, 2 -> {
					this.appendedToOurs |= this.rebuiltByReference;
					database.put(somePairs());
				}
				case 3 -> {
					this.appendedToOurs |= this.rebuiltByReference;
					List<String> some = someKeys();
					done("  delete %s".formatted(some));
					database.delete(some);
					some.forEach(this.model::remove);
				}
				case 4 -> {
					done("  compact");
					database.compact();
				}
				default -> {
					done("  rebuild");
					database.rebuildIndex();
					this.rebuiltByReference = true;
				}
			}
			check(database);
		}
		done("  upload");
		database.upload();
		check(reference(null));
	}

	private void checkReferenceRebuildsAndCompacts() {
		done("reference, at the end");
		ReferenceDatabase database = reference(this.folder.resolve("last"));
		check(database);
		database.download();
		database.rebuildIndex();
		check(database);
		database.compact();
		check(reference(null));
		done("engine, at the end");
		try (ObjectStore store = new DirectoryObjectStore(this.bucket.resolve("db"));
				S4DB engine = open(store, options(null))) {
			check(engine);
		}
	}

	private ReferenceDatabase reference(@Nullable Path local) {
		return new ReferenceDatabase(this.bucket, PREFIX, local, this.maxFileSize);
	}

	private void check(ReferenceDatabase database) {
		assertThat(database.keys()).isEqualTo(this.model.keySet());
		assertThat(database.iter(false)).isEqualTo(this.model);
	}

	// What to write

	private Map<String, String> somePairs() {
		Map<String, String> pairs = new LinkedHashMap<>();
		for (int i = this.random.nextInt(10); i >= 0; i--) {
			pairs.put(this.keys.get(this.random.nextInt(this.keys.size())), someValue());
		}
		done("  put %s".formatted(pairs.keySet()));
		this.model.putAll(pairs);
		return pairs;
	}

	private List<String> someKeys() {
		Set<String> some = new LinkedHashSet<>();
		for (int i = this.random.nextInt(6); i >= 0; i--) {
			some.add(this.keys.get(this.random.nextInt(this.keys.size())));
		}
		return List.copyOf(some);
	}

	private String someValue() {
		return switch (this.random.nextInt(6)) {
			case 0 -> "";
			case 1 -> "\u0000\u00e9\u20ac\ud83d\ude00".repeat(this.random.nextInt(20));
			case 2 -> "compressible ".repeat(this.random.nextInt(400));
			case 3 -> this.random.ints(this.random.nextInt(1500), 0x20, 0x3000)
				.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
				.toString();
			default -> "value" + this.random.nextInt();
		};
	}

	private void done(String what) {
		this.done.add(what);
	}

	/** Removes what the run left, where nothing else does. */
	void clean() {
		try (Stream<Path> files = Files.walk(this.folder)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
