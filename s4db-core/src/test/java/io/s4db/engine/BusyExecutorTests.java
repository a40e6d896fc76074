package io.s4db.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.engine.state.IoPool;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An executor with fewer threads than there is work, or none: slower, but never stuck.
 */
@Timeout(60)
class BusyExecutorTests {

	@TempDir
	private Path folder;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final ExecutorService one = Executors.newSingleThreadExecutor();

	private final CountDownLatch release = new CountDownLatch(1);

	private final Map<String, String> expected = new HashMap<>();

	@BeforeEach
	void fill() {
		try (S4DB db = open(Runnable::run, "writer", Mode.READ_WRITE)) {
			for (int i = 0; i < 100; i++) {
				String value = "value " + i + "x".repeat(100);
				db.put("key" + i, value);
				this.expected.put("key" + i, value);
			}
			db.upload();
			assertThat(db.stats().dataFiles()).isGreaterThan(3);
		}
	}

	@AfterEach
	void end() {
		this.release.countDown();
		this.one.shutdown();
	}

	private S4DB open(Executor executor, String directory, Mode mode) {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder()
					.localDir(this.folder.resolve(directory))
					.mode(mode)
					.maxFileSize(1024)
					.executor(executor)
					.build());
	}

	private void useEverything(Executor executor) {
		try (S4DB db = open(executor, "other", Mode.READ_WRITE)) {
			assertThat(db.getAll(this.expected.keySet())).isEqualTo(this.expected);
			assertThat(db.verify().clean()).isTrue();
			assertThat(db.compact().entries()).isEqualTo(100);
			assertThat(db.rebuildIndex().keys()).isEqualTo(100);
			db.upload();
			db.download();
			assertThat(db.verify().clean()).isTrue();
		}
		try (S4DB db = open(executor, "reader", Mode.READ_ONLY); var entries = db.iterate()) {
			Map<String, String> read = new HashMap<>();
			entries.forEachRemaining((entry) -> read.put(entry.getKey(), entry.getValue()));
			assertThat(read).isEqualTo(this.expected);
		}
	}

	@Test
	void whenTheExecutorHasOneThreadShouldWork() {
		useEverything(this.one);
	}

	@Test
	void whenTheExecutorIsBusyWithSomethingElseShouldWork() {
		this.one.execute(() -> {
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		useEverything(this.one);
	}

	@Test
	void whenTheExecutorRefusesShouldWork() {
		useEverything((task) -> {
			throw new RejectedExecutionException("full");
		});
	}

	@Test
	void whenTheCallerIsAThreadOfTheExecutorShouldWork() throws Exception {
		this.one.submit(() -> useEverything(this.one)).get();
	}

	@Test
	void whenATaskWaitsForTasksOfTheSamePoolShouldNotBlock() {
		IoPool pool = new IoPool(this.one, 1, null);
		Future<Integer> outer = pool.submit(() -> {
			List<Future<Integer>> inner = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				int number = i;
				inner.add(pool.submit(() -> number));
			}
			return inner.stream().mapToInt(IoPool::await).sum() + pool.map(3, List.of(1, 2, 3), (i) -> i * 100).get(2);
		});
		assertThat(IoPool.await(outer)).isEqualTo(310);
	}

	@Test
	void whenOneFailsShouldBeginNoMoreInterruptThoseBegunAndWaitForThem() {
		IoPool pool = new IoPool(null, 2, null);
		Thread caller = Thread.currentThread();
		List<Integer> begun = java.util.Collections.synchronizedList(new ArrayList<>());
		List<Integer> interrupted = java.util.Collections.synchronizedList(new ArrayList<>());
		CountDownLatch both = new CountDownLatch(2);
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> pool.map(2, List.of(0, 1, 2, 3), (i) -> {
			begun.add(i);
			both.countDown();
			try {
				both.await();
				if (Thread.currentThread() == caller) {
					throw new S4DBException("the first");
				}
				this.release.await();
			}
			catch (InterruptedException ex) {
				interrupted.add(i);
				throw new S4DBException("interrupted");
			}
			return i;
		})).withMessage("the first");
		assertThat(begun).containsExactlyInAnyOrder(0, 1);
		assertThat(interrupted).hasSize(1);
		pool.close();
	}

}
