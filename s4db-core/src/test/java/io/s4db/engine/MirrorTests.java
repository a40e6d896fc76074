package io.s4db.engine;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.s4db.CompactionPolicy;
import io.s4db.DataFileStats;
import io.s4db.Mode;
import io.s4db.ProgressListener;
import io.s4db.ReadSource;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
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

	@Test
	void whenCopiesAreLimitedAsWellShouldSaySo() {
		assertThatIllegalArgumentException().isThrownBy(() -> mirror(null).localMaxSize(5).build())
			.withMessage("localMaxSize must have no limit where everything is to be local (mirror), but is 5");
	}

}
