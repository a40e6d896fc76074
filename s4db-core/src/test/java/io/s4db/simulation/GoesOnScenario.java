package io.s4db.simulation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.Durability;
import io.s4db.Mode;
import io.s4db.ProgressListener;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.engine.S4DBEngine;
import io.s4db.local.DiskProbe;
import io.s4db.simulation.Trouble.Place;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that writes, uploads, compacts and follows, to which something happens once,
 * and that goes on with the same open database; beside another writer and a reader.
 */
final class GoesOnScenario {

	/** To whom it happens. */
	enum Whom {

		WRITER, READER

	}

	/** That does not get small by compression, so that there are several files. */
	private static final String LARGE = new Random(7).ints(900, 'a', 'z')
		.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
		.toString();

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private final Path folder;

	private final Trouble trouble;

	private final Whom whom;

	/** What there may be: more than one while it is not known whether a write got in. */
	private List<Map<String, String>> possible = new ArrayList<>(List.of(new HashMap<>()));

	private boolean failed;

	private @Nullable S4DB writer;

	private @Nullable S4DB other;

	private @Nullable S4DB reader;

	GoesOnScenario(Path folder, Trouble trouble, Whom whom) {
		this.folder = folder;
		this.trouble = trouble;
		this.whom = whom;
	}

	private S4DBOptions.Builder options(String name, long seed) {
		Random ids = new Random(seed);
		return S4DBOptions.builder()
			.localDir(this.folder.resolve(name))
			.maxFileSize(1024)
			.retention(World.RETENTION)
			.uploadOnClose(false)
			.clock(this.clock)
			.uuids(() -> new UUID((ids.nextLong() & ~0xF000L) | 0x4000L, (ids.nextLong() >>> 2) | (1L << 63)))
			.executor(Runnable::run);
	}

	private S4DBOptions troubled(S4DBOptions.Builder builder) {
		S4DBOptions plain = builder.build();
		return builder.clock(new Clock() {

			@Override
			public Instant instant() {
				return GoesOnScenario.this.trouble.step(Place.CALLBACK, "clock", plain.clock()::instant);
			}

			@Override
			public ZoneId getZone() {
				return plain.clock().getZone();
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

		})
			.uuids(() -> this.trouble.step(Place.CALLBACK, "id", plain.uuids()::get))
			.executor((task) -> this.trouble.step(Place.CALLBACK, "executor", () -> {
				task.run();
				return "";
			}))
			.build();
	}

	private ProgressListener listener() {
		return (done, total) -> {
			if (this.whom == Whom.WRITER) {
				this.trouble.step(Place.CALLBACK, "listener", () -> "");
			}
		};
	}

	/** Runs all of it, with what happens on the way, and looks at what came of it. */
	@SuppressWarnings("try") // it is there for its time
	void run() {
		Path troubled = this.folder.resolve((this.whom == Whom.WRITER) ? "writer" : "reader");
		try (DiskProbe probe = DiskProbe.follow(troubled,
				(number, description) -> this.trouble.step(Place.DISK, description, () -> ""))) {
			begin();
			act();
			this.trouble.over();
		}
		end();
	}

	private void begin() {
		this.other = S4DBEngine.open(this.bucket, options("other", 2).build());
		this.other.put("b/0", "first");
		this.other.upload();
		wrote(Map.of("b/0", "first"));
		this.writer = open(Whom.WRITER, options("writer", 1).durability(Durability.STORE));
		this.reader = open(Whom.READER, options("reader", 3).mode(Mode.READ_ONLY));
	}

	private S4DB open(Whom who, S4DBOptions.Builder options) {
		if (who != this.whom) {
			return S4DBEngine.open(this.bucket, options.build());
		}
		S4DB[] opened = new S4DB[1];
		S4DBOptions troubled = troubled(options);
		for (int attempt = 0; opened[0] == null; attempt++) {
			assertThat(attempt).as("attempts to open").isLessThan(2);
			tried(() -> opened[0] = S4DBEngine.open(this.trouble.store(this.bucket), troubled));
		}
		return opened[0];
	}

	/** Whether it returned normally. */
	private boolean tried(Runnable action) {
		try {
			action.run();
			return true;
		}
		catch (Exception | OutOfMemoryError ex) {
			if (this.trouble.happened() == null) {
				throw ex;
			}
			this.failed = true;
			return false;
		}
		finally {
			Thread.interrupted();
		}
	}

	private void wrote(Map<String, String> batch) {
		this.possible.forEach((map) -> map.putAll(batch));
	}

	private void mayHaveWritten(Map<String, String> batch) {
		List<Map<String, String>> both = new ArrayList<>();
		for (Map<String, String> map : this.possible) {
			both.add(map);
			Map<String, String> changed = new HashMap<>(map);
			changed.putAll(batch);
			both.add(changed);
		}
		this.possible = both;
	}

	private void put(Map<String, String> batch, Durability durability) {
		if (tried(() -> this.writer.put(batch, durability))) {
			wrote(batch);
		}
		else {
			mayHaveWritten(batch);
		}
	}

	/** What comes of it without an answer is known once an upload has returned. */
	private void putIfAbsent(String key, String value) {
		boolean[] written = new boolean[1];
		if (tried(() -> written[0] = this.writer.putIfAbsent(key, value))) {
			assertThat(written[0]).as("%s is absent", key).isTrue();
			wrote(Map.of(key, value));
		}
		else {
			mayHaveWritten(Map.of(key, value));
		}
	}

	private void delete(String key) {
		if (tried(() -> this.writer.delete(Set.of(key)))) {
			this.possible.forEach((map) -> map.remove(key));
		}
		else {
			List<Map<String, String>> without = new ArrayList<>();
			for (Map<String, String> map : this.possible) {
				Map<String, String> changed = new HashMap<>(map);
				changed.remove(key);
				without.add(changed);
			}
			this.possible.addAll(without);
		}
	}

	private void upload(UploadScope scope) {
		long before = this.writer.stats().pendingEntries();
		boolean failedBefore = this.failed;
		UploadResult[] result = new UploadResult[1];
		tried(() -> result[0] = this.writer.upload(scope, listener()));
		if (result[0] != null) {
			assertThat(this.writer.stats().pendingEntries()).isZero();
			if (!failedBefore && scope == UploadScope.CHANGED) {
				assertThat(result[0].entries()).as("entries reported").isEqualTo(before);
			}
		}
	}

	private void otherWrites(String key, String value) {
		this.other.put(key, value);
		this.other.upload();
		wrote(Map.of(key, value));
	}

	private void compact(CompactionPolicy policy) {
		tried(() -> this.writer.compact(policy, listener()));
	}

	private void look() {
		tried(() -> this.reader.refresh());
		tried(() -> seen(CrashScenario.view(this.writer)));
	}

	private void act() {
		for (int i = 0; i < 6; i++) {
			put(Map.of("k" + i, "first " + i), Durability.PROCESS);
		}
		put(Map.of("k0", "batch", "k1", "batch", "k9", LARGE), Durability.DISK);
		upload(UploadScope.CHANGED);
		look();
		delete("k2");
		put(Map.of("k3", "second", "k4", LARGE), Durability.PROCESS);
		otherWrites("b/1", "first");
		otherWrites("b/0", "second");
		upload(UploadScope.CHANGED);
		look();
		put(Map.of("k0", "third"), Durability.STORE);
		compact(CompactionPolicy.full());
		look();
		putIfAbsent("k8", "if absent");
		put(Map.of("k5", "third"), Durability.PROCESS);
		upload(UploadScope.CHANGED);
		otherWrites("b/1", "third");
		tried(() -> this.writer.refresh());
		look();
		this.clock.pass(World.RETENTION.plus(Duration.ofMinutes(1)));
		delete("k1");
		upload(UploadScope.ALL);
		tried(() -> this.writer.checkpoint());
		tried(() -> this.writer.download());
		compact(CompactionPolicy.partial(0.1));
		tried(() -> this.writer.flush());
		put(Map.of("k6", "last"), Durability.PROCESS);
		look();
	}

	/** The writer sees its own writes, and the other's once it has followed. */
	private void seen(Map<String, String> view) {
		List<Map<String, String>> fitting = this.possible.stream().filter((map) -> own(map).equals(own(view))).toList();
		assertThat(fitting).as("the writer sees %s, possible is %s", view, this.possible).isNotEmpty();
		this.possible = new ArrayList<>(fitting);
	}

	private static Map<String, String> own(Map<String, String> view) {
		Map<String, String> own = new HashMap<>(view);
		own.keySet().removeIf((key) -> !key.startsWith("k"));
		return own;
	}

	private void oneOf(String who, Map<String, String> view) {
		List<Map<String, String>> fitting = this.possible.stream().filter(view::equals).toList();
		assertThat(fitting).as("%s sees %s, possible is %s", who, view, this.possible).isNotEmpty();
		this.possible = new ArrayList<>(fitting);
	}

	private void end() {
		this.writer.refresh();
		oneOf("the writer at last", CrashScenario.view(this.writer));
		Map<String, String> truth = this.possible.get(0);
		assertThat(this.writer.size()).isEqualTo(truth.size());
		this.writer.upload();
		assertThat(CrashScenario.view(this.writer)).isEqualTo(truth);
		assertThat(this.writer.verify().findings()).isEmpty();
		agree("the writer after its upload", this.writer, truth);
		this.other.refresh();
		agree("the other writer", this.other, truth);
		this.reader.refresh();
		agree("the reader", this.reader, truth);
		fresh(truth);
		put(Map.of("k7", "after all"), Durability.PROCESS);
		otherWrites("b/2", "after all");
		this.writer.upload();
		Map<String, String> more = this.possible.get(0);
		agree("the writer after all", this.writer, more);
		this.writer.compact(CompactionPolicy.full());
		this.clock.pass(Duration.ofHours(30));
		this.writer.compact(CompactionPolicy.full());
		agree("the writer after compactions", this.writer, more);
		assertThat(this.writer.verify().findings()).isEmpty();
		assertThat(this.writer.verify().notes()).isEmpty();
		assertThat(this.writer.stats().pendingFiles()).isZero();
		this.writer.close();
		nothingLeft();
		this.other.close();
		this.reader.close();
		fresh(more);
	}

	private void agree(String who, S4DB db, Map<String, String> truth) {
		assertThat(CrashScenario.view(db)).as(who).isEqualTo(truth);
		assertThat(db.keys()).as("keys of " + who).isEqualTo(truth.keySet());
		assertThat(db.size()).as("size of " + who).isEqualTo(truth.size());
		assertThat(db.getAll(truth.keySet())).as("getAll of " + who).isEqualTo(truth);
		if (db != this.other) {
			long live = db.stats().files().stream().mapToLong((file) -> file.liveEntries()).sum();
			assertThat(live).as("live entries of " + who).isEqualTo(truth.size());
		}
	}

	/** What others find who were not there. */
	private void fresh(Map<String, String> truth) {
		S4DBOptions readOnly = options("fresh", 4).mode(Mode.READ_ONLY).build();
		try (S4DB fresh = S4DBEngine.open(this.bucket, readOnly)) {
			agree("a fresh reader", fresh, truth);
			assertThat(fresh.verify().findings()).isEmpty();
		}
		try (S4DB rebuilt = S4DBEngine.rebuild(this.bucket, options("rebuilt", 5).build())) {
			agree("a rebuild", rebuilt, truth);
		}
	}

	private void nothingLeft() {
		try (Stream<Path> files = Files.list(this.folder.resolve("writer"))) {
			Set<String> names = new HashSet<>();
			files.forEach((file) -> names.add(file.getFileName().toString()));
			assertThat(names).noneMatch(
					(name) -> name.endsWith(".tmp") || name.endsWith(".conflict") || name.startsWith("conditional_"));
		}
		catch (java.io.IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

}
