package io.s4db.spring.health;

import java.time.Duration;

import io.s4db.ProgressListener;
import io.s4db.S4DB;
import io.s4db.StoreUnavailableException;
import io.s4db.UploadScope;
import io.s4db.spring.runtime.DeferredS4DB;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.Opener;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.spring.testing.StubS4DB.Figures;
import io.s4db.spring.testing.StubStore;
import io.s4db.store.ObjectStore;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link S4DBHealthIndicator}.
 */
class S4DBHealthIndicatorTests {

	private final ManualTasks tasks = new ManualTasks();

	private final StubS4DB database = new StubS4DB();

	private final StubStore store = new StubStore();

	private final ManagedDatabase managed = new ManagedDatabase("db", this.database, this.store, this.tasks);

	private final S4DBHealthIndicator indicator = new S4DBHealthIndicator(this.managed, this.tasks.clock());

	@Test
	void whenAllIsWellShouldBeUpWithFigures() {
		this.database.put("a", "1");
		this.store.manifest(4);
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("location", "s3://bucket/prefix/")
			.containsEntry("keys", 1L)
			.containsEntry("dataFiles", 1)
			.containsEntry("pendingEntries", 1L)
			.containsEntry("pendingBytes", 10L)
			.containsEntry("seq", 1L)
			.containsEntry("behind", 3L)
			.containsEntry("rebases", 2L)
			.containsEntry("obsoleteBytes", 50L)
			.containsKeys("oldestPendingAge", "bucketSeen")
			.doesNotContainKeys("reason", "warnings");
	}

	@Test
	void whenTheBucketCannotBeReachedShouldBeDown() {
		this.store.failWith(new StoreUnavailableException("403 Forbidden"));
		assertDown("403 Forbidden");
	}

	@Test
	void whenTheBucketCannotBeReachedShouldSayWhenItWas() {
		String reached = this.tasks.clock().instant().toString();
		assertThat(this.indicator.health().getDetails()).containsEntry("bucketSeen", reached);
		this.tasks.pass(Duration.ofSeconds(10));
		this.store.failWith(new StoreUnavailableException("403 Forbidden"));
		assertThat(this.indicator.health().getDetails()).containsEntry("bucketSeen", reached);
	}

	@Test
	void whenFencedShouldBeDown() {
		this.database.figures(Figures::withFenced);
		assertDown("another writer has taken over");
	}

	@Test
	void whenUploadsKeepFailingShouldBeDown() {
		this.database.beforeWork(() -> {
			throw new StoreUnavailableException("slow down");
		});
		failToUpload();
		assertThat(this.indicator.health().getStatus()).isEqualTo(Status.UP);
		failToUpload();
		assertDown("the last 2 uploads failed, the latest with: slow down");
		this.database.beforeWork(() -> {
		});
		this.managed.upload(UploadScope.CHANGED, ProgressListener.NONE);
		assertThat(this.indicator.health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void whenTheLastWriteFailedShouldBeDown() {
		this.database.writeProblem("No space left on device");
		assertDown("the last write failed: No space left on device");
		this.database.writeProblem(null);
		assertThat(this.indicator.health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void whenRefreshesKeepFailingShouldBeDown() {
		this.database.beforeWork(() -> {
			throw new OutOfMemoryError("Java heap space");
		});
		for (int i = 0; i < 2; i++) {
			assertThat(this.indicator.health().getStatus()).isEqualTo(Status.UP);
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(this.managed::refresh);
		}
		assertDown("the last 2 refreshes failed, the latest with: java.lang.OutOfMemoryError: Java heap space");
	}

	@Test
	void whenTheIndexIsNotLoadedShouldBeDownWithoutWaitingForTheBucket() {
		S4DB deferred = DeferredS4DB.open(new Opener() {

			@Override
			public S4DB open() {
				throw new StoreUnavailableException("no such bucket");
			}

			@Override
			public S4DB rebuild() {
				throw new StoreUnavailableException("no such bucket");
			}

			@Override
			public ObjectStore store() {
				return S4DBHealthIndicatorTests.this.store;
			}

		}, this.tasks, Duration.ofSeconds(1));
		this.tasks.hold();
		long before = System.nanoTime();
		Health health = new S4DBHealthIndicator(new ManagedDatabase("db", deferred, this.tasks), this.tasks.clock())
			.health();
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("reason", "the index is not loaded: no such bucket")
			.containsEntry("attempts", 1);
	}

	@Test
	void whenClosedShouldBeDown() {
		this.database.close();
		assertDown("the index is not loaded: The database is closed");
	}

	@Test
	void whenFileNumbersRunOutForTheReferenceShouldWarn() {
		this.database.figures((figures) -> figures.withNextFileNumber(899_999));
		assertThat(this.indicator.health().getDetails()).doesNotContainKey("warnings");
		this.database.figures((figures) -> figures.withNextFileNumber(900_000));
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails().get("warnings")).asString().contains("900000");
	}

	@Test
	void whenProbedOftenShouldAskTheBucketOnceInTenSeconds() {
		for (int i = 0; i < 100; i++) {
			this.indicator.health();
			this.tasks.pass(Duration.ofMillis(99));
		}
		assertThat(this.store.gets()).isEqualTo(1);
	}

	private void failToUpload() {
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> this.managed.upload(UploadScope.CHANGED, ProgressListener.NONE));
	}

	private void assertDown(String reason) {
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails().get("reason")).asString().contains(reason);
	}

}
