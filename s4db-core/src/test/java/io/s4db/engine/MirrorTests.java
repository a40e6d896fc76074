package io.s4db.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.DataFileStats;
import io.s4db.Mode;
import io.s4db.ProgressListener;
import io.s4db.ReadSource;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.local.DiskTrouble;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * A mirror: all data files become local in the background, and stay so.
 */
class MirrorTests {

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final Map<String, String> model = new TreeMap<>();

	@TempDir
	private Path folder;

	private S4DBOptions.Builder options(String directory, @Nullable Executor executor) {
		return S4DBOptions.builder()
			.localDir(this.folder.resolve(directory))
			.maxFileSize(1 << 10)
			.retention(Duration.ZERO)
			.executor(executor);
	}

	private S4DBOptions.Builder mirror(@Nullable Executor executor) {
		return options("mirror", executor).mode(Mode.READ_ONLY).mirror(true);
	}

	private void put(S4DB db, String value) {
		for (int i = 0; i < 200; i++) {
			db.put("key" + i, value + i);
			this.model.put("key" + i, value + i);
		}
		db.upload();
	}

	private void shouldBeLocal(S4DB db) {
		assertThat(db.stats().files()).isNotEmpty().allMatch(DataFileStats::local);
		long before = db.stats().requests().gets();
		assertThat(db.getAll(this.model.keySet())).isEqualTo(this.model);
		assertThat(db.stats().requests().gets()).isEqualTo(before);
		assertThat(db.stats().reads().from(ReadSource.BUCKET)).isZero();
	}

	/** What runs in the background runs at once. */
	@Test
	void whenOthersCommitAndCompactShouldFollow() {
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
			try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(Runnable::run).build())) {
				shouldBeLocal(mirror);
				put(writer, "second");
				mirror.refresh();
				shouldBeLocal(mirror);
				writer.compact(CompactionPolicy.full(), ProgressListener.NONE);
				mirror.refresh();
				shouldBeLocal(mirror);
				long before = mirror.stats().requests().gets();
				mirror.refresh();
				assertThat(mirror.stats().requests().gets()).isLessThanOrEqualTo(before + 1);
			}
		}
		try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(Runnable::run).build())) {
			assertThat(mirror.stats().requests().gets()).isLessThanOrEqualTo(2);
			shouldBeLocal(mirror);
		}
	}

	@Test
	void whenItIsAWriterShouldFetchWhatOthersCommitted() {
		try (S4DB other = S4DBEngine.open(this.bucket, options("other", null).build());
				S4DB writer = S4DBEngine.open(this.bucket, options("writer", Runnable::run).mirror(true).build())) {
			put(other, "other's");
			writer.put("own", "value");
			this.model.put("own", "value");
			writer.upload();
			shouldBeLocal(writer);
			writer.compact(CompactionPolicy.full(), ProgressListener.NONE);
			shouldBeLocal(writer);
		}
	}

	@Test
	void whenTheStoreIsAwayShouldGoOnWithTheNextRefresh() {
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
			AtomicBoolean away = new AtomicBoolean(true);
			ForwardingObjectStore store = new ForwardingObjectStore(this.bucket) {

				@Override
				public InputStream open(String name, long offset, long length) {
					if (away.get()) {
						throw new StoreUnavailableException("away", null);
					}
					return super.open(name, offset, length);
				}

			};
			try (S4DB mirror = S4DBEngine.open(store, mirror(Runnable::run).build())) {
				assertThat(mirror.stats().files()).noneMatch(DataFileStats::local);
				assertThat(mirror.get("key7")).isEqualTo("first7");
				away.set(false);
				mirror.refresh();
				assertThat(mirror.stats().files()).allMatch(DataFileStats::local);
			}
		}
	}

	@Test
	void whenClosedWhileItFetchesShouldEnd() throws InterruptedException {
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
		}
		CountDownLatch begun = new CountDownLatch(1);
		ForwardingObjectStore store = new ForwardingObjectStore(this.bucket) {

			@Override
			public InputStream open(String name, long offset, long length) {
				begun.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					throw new StoreUnavailableException("interrupted", ex);
				}
				throw new IllegalStateException();
			}

		};
		S4DB mirror = S4DBEngine.open(store, mirror(null).closeTimeout(Duration.ofSeconds(20)).build());
		assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(mirror.get("key7")).isEqualTo("first7");
		mirror.close();
		try (S4DB again = S4DBEngine.open(this.bucket, mirror(Runnable::run).build())) {
			shouldBeLocal(again);
		}
	}

	@Test
	void whenOneIsCommittedWhileItFetchesShouldFetchThatToo() throws InterruptedException {
		List<Runnable> background = new java.util.ArrayList<>();
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
			try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(background::add).build())) {
				put(writer, "second");
				mirror.refresh();
				mirror.refresh();
				while (!background.isEmpty()) {
					background.remove(0).run();
				}
				shouldBeLocal(mirror);
			}
		}
	}

	/** Nobody waits for what it refuses: that is not taken for under way. */
	@Test
	void whenTheExecutorRefusesShouldBeginWithTheNextRefresh() {
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
		}
		AtomicBoolean refuses = new AtomicBoolean(true);
		Executor executor = (task) -> {
			if (refuses.get()) {
				throw new RejectedExecutionException();
			}
			task.run();
		};
		try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(executor).build())) {
			assertThat(mirror.stats().files()).noneMatch(DataFileStats::local);
			refuses.set(false);
			mirror.refresh();
			shouldBeLocal(mirror);
		}
	}

	/** Each time would cost all of its bytes, and those behind it would not come. */
	@Test
	void whenOneIsDamagedShouldFetchTheOthersAndThatOneHourly() {
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
		}
		List<String> fetched = new java.util.ArrayList<>();
		AtomicBoolean damaged = new AtomicBoolean(true);
		ForwardingObjectStore store = new ForwardingObjectStore(this.bucket) {

			@Override
			public InputStream open(String name, long offset, long length) {
				fetched.add(name);
				boolean wrong = damaged.get() && name.equals("data_000001.s4db");
				return wrong ? InputStream.nullInputStream() : super.open(name, offset, length);
			}

		};
		TestClock clock = new TestClock();
		try (S4DB mirror = S4DBEngine.open(store, mirror(Runnable::run).transferParallelism(1).clock(clock).build())) {
			for (int i = 0; i < 5; i++) {
				mirror.refresh();
				clock.pass(Duration.ofMinutes(10));
			}
			assertThat(mirror.stats().files()).filteredOn((file) -> !file.local()).hasSize(1);
			assertThat(fetched).hasSize(mirror.stats().files().size());
			damaged.set(false);
			clock.pass(Duration.ofMinutes(10));
			mirror.refresh();
			shouldBeLocal(mirror);
			assertThat(fetched).hasSize(mirror.stats().files().size() + 1);
		}
	}

	/** All that does not fit would be fetched at each refresh. */
	@Test
	void whenTheDiskIsFullShouldTryLessAndLess() {
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
		}
		TestClock clock = new TestClock();
		AtomicInteger tries = new AtomicInteger();
		S4DBOptions other = mirror(Runnable::run).localDir(this.folder.resolve("full"))
			.transferParallelism(1)
			.clock(clock)
			.build();
		S4DB mirror;
		try (DiskTrouble trouble = DiskTrouble.listen((directory, step) -> {
			if (step.contains("data_")) {
				tries.incrementAndGet();
				throw new IOException("no space left on device");
			}
		})) {
			mirror = S4DBEngine.open(this.bucket, other);
			for (int minute = 0; minute < 60; minute++) {
				for (int i = 0; i < 6; i++) {
					clock.pass(Duration.ofSeconds(10));
					mirror.refresh();
				}
			}
			assertThat(tries).hasValueBetween(10, 15);
		}
		try (mirror) {
			clock.pass(Duration.ofMinutes(10));
			mirror.refresh();
			shouldBeLocal(mirror);
		}
	}

	@Test
	void whenAReaderWasKilledWhileItFetchedShouldRemoveWhatItLeft() throws IOException {
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
		}
		try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(Runnable::run).build())) {
			shouldBeLocal(mirror);
		}
		Path left = this.folder.resolve("mirror/data_000001.s4db.4b47ee2e-7a8a-4bb3-9ad6-4d1d3b7f7b55.tmp");
		Path others = this.folder.resolve("mirror/other.tmp");
		Files.write(left, new byte[100]);
		Files.write(others, new byte[100]);
		try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(Runnable::run).build())) {
			shouldBeLocal(mirror);
		}
		assertThat(left).doesNotExist();
		assertThat(others).exists();
	}

	/** Each start would leave a whole database behind. */
	@Test
	void whenItWasAwayForLongerThanTheRetentionShouldRemoveWhatIsNoMore() throws IOException {
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
			try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(Runnable::run).build())) {
				shouldBeLocal(mirror);
			}
			Path others = this.folder.resolve("mirror/data_000001.s4db.save");
			Files.write(others, new byte[1]);
			compactAway(writer);
			try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(Runnable::run).build())) {
				shouldBeLocal(mirror);
				assertThat(dataFiles()).hasSize(mirror.stats().files().size() + 1);
			}
		}
	}

	/** They may be the last that there is of it. */
	@Test
	void whenItIsAnotherHistoryShouldSetItsCopiesAside() throws IOException {
		S4DBOptions writers = options("writer", null).uploadOnClose(false).build();
		Map<String, byte[]> before = new TreeMap<>();
		int copies;
		try (S4DB writer = S4DBEngine.open(this.bucket, writers)) {
			put(writer, "first");
			this.bucket.list("").forEach((object) -> before.put(object.name(), this.bucket.get(object.name()).bytes()));
			put(writer, "second");
			try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(Runnable::run).build())) {
				shouldBeLocal(mirror);
				copies = mirror.stats().files().size();
			}
		}
		this.bucket.list("").forEach((object) -> this.bucket.delete(object.name()));
		before.forEach((name, bytes) -> this.bucket.put(name, ObjectContent.of(bytes), PutCondition.none()));
		try (S4DB writer = S4DBEngine.open(this.bucket, options("another", null).build())) {
			put(writer, "other");
			compactAway(writer);
			try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(Runnable::run).build())) {
				shouldBeLocal(mirror);
				assertThat(dataFiles()).filteredOn((name) -> name.endsWith(".conflict")).hasSize(copies);
			}
		}
	}

	private void compactAway(S4DB writer) {
		for (int i = 0; i < 3; i++) {
			writer.put("key1", "other" + i);
			this.model.put("key1", "other" + i);
			writer.compact();
		}
	}

	private List<String> dataFiles() throws IOException {
		try (Stream<Path> files = Files.list(this.folder.resolve("mirror"))) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.startsWith("data_"))
				.toList();
		}
	}

	/** It would be kept out of its own. */
	@Test
	void whenTheDirectoryIsAWritersShouldLeaveItToThatOne() {
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
		}
		try (S4DB other = S4DBEngine.open(this.bucket, options("other", null).build())) {
			put(other, "others'");
		}
		S4DBOptions reader = mirror(Runnable::run).localDir(this.folder.resolve("writer")).build();
		try (S4DB mirror = S4DBEngine.open(this.bucket, reader)) {
			mirror.refresh();
			try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
				put(writer, "second");
			}
			mirror.refresh();
			assertThat(mirror.getAll(this.model.keySet())).isEqualTo(this.model);
		}
	}

	@Test
	void whenTheDirectoryIsRemovedShouldMakeItAnew() throws IOException {
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer", null).build())) {
			put(writer, "first");
			try (S4DB mirror = S4DBEngine.open(this.bucket, mirror(Runnable::run).build())) {
				shouldBeLocal(mirror);
				try (Stream<Path> files = Files.list(this.folder.resolve("mirror"))) {
					for (Path file : files.toList()) {
						Files.delete(file);
					}
				}
				Files.delete(this.folder.resolve("mirror"));
				put(writer, "second");
				mirror.refresh();
				shouldBeLocal(mirror);
			}
			assertThat(dataFiles()).isNotEmpty();
		}
	}

	@Test
	void whenCopiesAreLimitedAsWellShouldSaySo() {
		assertThatIllegalArgumentException().isThrownBy(() -> mirror(null).localMaxSize(5).build())
			.withMessage("localMaxSize must have no limit where everything is to be local (mirror), but is 5");
	}

}
