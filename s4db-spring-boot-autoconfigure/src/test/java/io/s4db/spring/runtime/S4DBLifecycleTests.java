package io.s4db.spring.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import io.s4db.S4DBStats;
import io.s4db.StoreUnavailableException;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.spring.testing.StubS4DB.Figures;
import io.s4db.spring.testing.StubStore;
import org.junit.jupiter.api.Test;

import org.springframework.context.SmartLifecycle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link S4DBLifecycle} and what it repeats.
 */
class S4DBLifecycleTests {

	private static final Duration INTERVAL = Duration.ofSeconds(30);

	private final ManualTasks tasks = new ManualTasks();

	private final StubS4DB database = new StubS4DB();

	private final StubStore store = new StubStore();

	private final ManagedDatabases databases = new ManagedDatabases(Map.of("db", this.database), this.tasks);

	@Test
	void shouldStopAfterWebServersHaveDrained() {
		assertThat(lifecycle(INTERVAL, true).getPhase()).isLessThan(SmartLifecycle.DEFAULT_PHASE - 2048);
	}

	@Test
	void whenSomethingIsPendingShouldUploadAtTheInterval() {
		lifecycle(INTERVAL, true).start();
		this.tasks.pass(INTERVAL);
		assertThat(this.database.calls()).isEmpty();
		this.database.put("a", "1");
		this.tasks.pass(INTERVAL.minusMillis(1));
		assertThat(this.database.calls()).isEmpty();
		this.tasks.pass(Duration.ofMillis(1));
		assertThat(this.database.calls()).containsExactly("upload CHANGED");
		this.tasks.pass(INTERVAL.multipliedBy(10));
		assertThat(this.database.calls()).hasSize(1);
	}

	@Test
	void whenTheIntervalIsOffShouldNotUpload() {
		lifecycle(Duration.ZERO, true).start();
		this.database.put("a", "1");
		this.tasks.pass(Duration.ofDays(1));
		assertThat(this.database.calls()).isEmpty();
	}

	@Test
	void whenUploadsFailShouldPauseLongerUpToFifteenSecondsAndRecover() {
		lifecycle(Duration.ofSeconds(2), true).start();
		this.database.put("a", "1");
		failWork("away");
		ManagedDatabase managed = Objects.requireNonNull(this.databases.get("db"));
		this.tasks.pass(Duration.ofSeconds(2));
		assertThat(managed.uploads().failures()).isEqualTo(1);
		assertThat(managed.uploads().keepFailing()).isFalse();
		this.tasks.pass(Duration.ofSeconds(3));
		assertThat(managed.uploads().failures()).isEqualTo(1);
		this.tasks.pass(Duration.ofSeconds(1));
		assertThat(managed.uploads().failures()).isEqualTo(2);
		assertThat(managed.uploads().keepFailing()).isTrue();
		assertThat(managed.uploads().problem()).isEqualTo("away");
		this.tasks.pass(Duration.ofSeconds(8));
		assertThat(managed.uploads().failures()).isEqualTo(3);
		this.tasks.pass(Duration.ofMinutes(10));
		int failures = managed.uploads().failures();
		assertThat(failures).isBetween(40, 46);
		this.database.beforeWork(() -> {
		});
		this.tasks.pass(Duration.ofSeconds(15));
		assertThat(managed.uploads().failures()).isZero();
		int calls = this.database.calls().size();
		this.database.put("b", "2");
		this.tasks.pass(Duration.ofSeconds(2));
		assertThat(this.database.calls()).hasSize(calls + 1);
	}

	@Test
	void whenTheIntervalIsLongerThanThatShouldPauseNoLonger() {
		lifecycle(INTERVAL, true).start();
		this.database.put("a", "1");
		failWork("away");
		this.tasks.pass(INTERVAL.multipliedBy(20));
		assertThat(this.database.calls()).hasSize(20);
	}

	@Test
	void whenTheBucketIsSeenAgainShouldUploadAtOnce() {
		ManagedDatabase managed = withBucket();
		failWork("away");
		this.store.failWith(new StoreUnavailableException("away"));
		this.tasks.pass(INTERVAL.multipliedBy(2));
		assertThat(managed.uploads().failures()).isEqualTo(2);
		managed.bucket().status();
		assertThat(managed.uploads().failures()).isEqualTo(2);
		this.tasks.pass(BucketProbe.MAX_AGE);
		this.database.beforeWork(() -> {
		});
		this.store.failWith(null);
		managed.bucket().status();
		assertThat(managed.uploads().failures()).isZero();
		int calls = this.database.calls().size();
		this.database.put("b", "2");
		this.tasks.pass(Duration.ofSeconds(19));
		assertThat(this.database.calls()).hasSize(calls);
		this.tasks.pass(Duration.ofSeconds(1));
		assertThat(this.database.calls()).hasSize(calls + 1);
	}

	/** It may answer a question, and refuse what is sent. */
	@Test
	void whenTheBucketIsThereAndUploadsFailAllTheSameShouldTryOnceForThat() {
		ManagedDatabase managed = withBucket();
		failWork("403 Forbidden");
		this.tasks.pass(INTERVAL);
		for (int i = 0; i < 2; i++) {
			assertThat(managed.bucket().status().reachable()).isTrue();
			this.tasks.pass(BucketProbe.MAX_AGE);
		}
		assertThat(managed.uploads().failures()).isEqualTo(2);
		this.store.failWith(new StoreUnavailableException("away"));
		managed.bucket().status();
		this.tasks.pass(BucketProbe.MAX_AGE);
		this.store.failWith(null);
		int failures = managed.uploads().failures();
		managed.bucket().status();
		assertThat(managed.uploads().failures()).isEqualTo(failures + 1);
	}

	@Test
	void whenTheBucketWasSeenBeforeTheFailureShouldNotTakeThatForAnAnswer() {
		ManagedDatabase managed = withBucket();
		failWork("away");
		this.database.figures((figures) -> figures.withLastSeen(this.tasks.clock().instant().minusSeconds(1)));
		this.tasks.pass(INTERVAL);
		assertThat(managed.bucket().status().reachable()).isTrue();
		assertThat(managed.uploads().failures()).isEqualTo(1);
	}

	@Test
	void whenNothingFailedShouldNotUploadSinceTheBucketIsSeen() {
		ManagedDatabase managed = withBucket();
		assertThat(managed.bucket().status().reachable()).isTrue();
		assertThat(this.database.calls()).isEmpty();
	}

	@Test
	void whenStoppedShouldNotUploadSinceTheBucketIsSeen() {
		S4DBLifecycle lifecycle = lifecycle(INTERVAL, false);
		lifecycle.start();
		this.database.put("a", "1");
		failWork("away");
		this.tasks.pass(INTERVAL);
		lifecycle.stop();
		Objects.requireNonNull(this.databases.get("db")).bucket().status();
		assertThat(this.database.calls().stream().filter("upload CHANGED"::equals)).hasSize(1);
	}

	/** The database with a store that is asked, and something pending. */
	private ManagedDatabase withBucket() {
		ManagedDatabase managed = new ManagedDatabase("db", this.database, this.store, this.tasks);
		ManagedDatabases all = new ManagedDatabases(Map.of(), this.tasks).and(List.of(managed));
		new S4DBLifecycle(all, this.tasks, INTERVAL, Duration.ZERO, true).start();
		this.database.put("a", "1");
		return managed;
	}

	private void failWork(String message) {
		this.database.beforeWork(() -> {
			throw new StoreUnavailableException(message);
		});
	}

	@Test
	void whenAnUploadFailsWithAnErrorShouldCountItAndTryAgain() {
		lifecycle(INTERVAL, true).start();
		this.database.put("a", "1");
		this.database.beforeWork(() -> {
			throw new OutOfMemoryError("Java heap space");
		});
		ManagedDatabase managed = Objects.requireNonNull(this.databases.get("db"));
		this.tasks.pass(INTERVAL.multipliedBy(2));
		assertThat(managed.uploads().failures()).isEqualTo(2);
		assertThat(managed.uploads().problem()).isEqualTo("java.lang.OutOfMemoryError: Java heap space");
		this.database.beforeWork(() -> {
		});
		this.tasks.pass(Duration.ofMinutes(2));
		assertThat(managed.uploads().failures()).isZero();
	}

	@Test
	void whenThereIsNoThreadForAnUploadShouldCountThatAndTryAgain() {
		lifecycle(INTERVAL, true).start();
		this.database.put("a", "1");
		ManagedDatabase managed = Objects.requireNonNull(this.databases.get("db"));
		this.tasks.noThread(new OutOfMemoryError("unable to create native thread"));
		this.tasks.pass(INTERVAL.multipliedBy(2));
		assertThat(managed.uploads().failures()).isEqualTo(2);
		assertThat(managed.uploads().problem()).contains("unable to create native thread");
		this.tasks.noThread(null);
		this.tasks.pass(Duration.ofMinutes(2));
		assertThat(this.database.calls()).containsExactly("upload CHANGED");
		assertThat(managed.uploads().failures()).isZero();
	}

	@Test
	void whenThereIsNoThreadToStopOnShouldUploadAllTheSame() {
		S4DBLifecycle lifecycle = lifecycle(INTERVAL, true);
		lifecycle.start();
		this.database.put("a", "1");
		this.tasks.noThread(new OutOfMemoryError("unable to create native thread"));
		AtomicBoolean called = new AtomicBoolean();
		lifecycle.stop(() -> called.set(true));
		assertThat(called).isTrue();
		assertThat(this.database.calls()).containsExactly("upload CHANGED");
	}

	@Test
	void whenRefreshesFailShouldCountThem() {
		new S4DBLifecycle(this.databases, this.tasks, Duration.ZERO, Duration.ofSeconds(10), false).start();
		this.database.beforeWork(() -> {
			throw new StackOverflowError("deep");
		});
		this.tasks.pass(Duration.ofSeconds(20));
		ManagedDatabase managed = Objects.requireNonNull(this.databases.get("db"));
		assertThat(managed.refreshes().failures()).isEqualTo(2);
		this.database.beforeWork(() -> {
		});
		this.tasks.pass(Duration.ofSeconds(15));
		assertThat(managed.refreshes().failures()).isZero();
	}

	@Test
	void whenStoppedAndStartedDuringAnUploadShouldGoOnOnce() {
		S4DBLifecycle lifecycle = lifecycle(INTERVAL, false);
		lifecycle.start();
		this.database.put("a", "1");
		this.database.beforeWork(() -> {
			lifecycle.stop();
			lifecycle.start();
		});
		this.tasks.pass(INTERVAL);
		this.database.beforeWork(() -> {
		});
		assertThat(this.tasks.waiting()).isOne();
		int calls = this.database.calls().size();
		for (int i = 1; i <= 3; i++) {
			this.database.put("a", "1");
			this.tasks.pass(INTERVAL);
			assertThat(this.database.calls()).hasSize(calls + i);
		}
	}

	@Test
	void whenTheDatabaseIsAMockShouldNotFail() {
		StubS4DB mocked = new StubS4DB() {

			@Override
			@SuppressWarnings("NullAway") // as mocks do
			public S4DBStats stats() {
				return null;
			}

		};
		ManagedDatabases mocks = new ManagedDatabases(Map.of("db", mocked), this.tasks);
		new S4DBLifecycle(mocks, this.tasks, INTERVAL, INTERVAL, true).start();
		this.tasks.pass(INTERVAL.multipliedBy(5));
		ManagedDatabase managed = Objects.requireNonNull(mocks.get("db"));
		assertThat(managed.uploads().failures()).isZero();
		assertThat(managed.refreshes().failures()).isZero();
	}

	@Test
	void whenTheDatabaseWasClosedShouldNotFail() {
		lifecycle(INTERVAL, true).start();
		this.database.close();
		this.tasks.pass(INTERVAL.multipliedBy(5));
		assertThat(Objects.requireNonNull(this.databases.get("db")).uploads().failures()).isZero();
	}

	@Test
	void whenTheClockIsSetBackShouldGoOn() {
		lifecycle(INTERVAL, true).start();
		this.tasks.setClock(Instant.EPOCH);
		this.database.put("a", "1");
		this.tasks.pass(INTERVAL);
		assertThat(this.database.calls()).containsExactly("upload CHANGED");
	}

	@Test
	void whenFencedShouldNotUpload() {
		lifecycle(INTERVAL, true).start();
		this.database.put("a", "1");
		this.database.figures(Figures::withFenced);
		this.tasks.pass(INTERVAL.multipliedBy(3));
		assertThat(this.database.calls()).isEmpty();
	}

	@Test
	void whenRefreshIsOnShouldRefreshAtTheInterval() {
		new S4DBLifecycle(this.databases, this.tasks, Duration.ZERO, Duration.ofSeconds(10), false).start();
		this.tasks.pass(Duration.ofSeconds(35));
		assertThat(this.database.calls()).containsExactly("refresh", "refresh", "refresh");
	}

	@Test
	void whenStoppedShouldUploadWhatIsPendingAndNothingMore() {
		S4DBLifecycle lifecycle = lifecycle(INTERVAL, true);
		lifecycle.start();
		assertThat(lifecycle.isRunning()).isTrue();
		this.database.put("a", "1");
		AtomicBoolean called = new AtomicBoolean();
		lifecycle.stop(() -> called.set(true));
		assertThat(called).isTrue();
		assertThat(lifecycle.isRunning()).isFalse();
		assertThat(this.database.calls()).containsExactly("upload CHANGED");
		this.database.put("b", "2");
		this.tasks.pass(Duration.ofDays(1));
		assertThat(this.database.calls()).hasSize(1);
	}

	@Test
	void whenTheLastUploadFailsShouldStopAllTheSame() {
		S4DBLifecycle lifecycle = lifecycle(INTERVAL, true);
		lifecycle.start();
		this.database.put("a", "1");
		this.database.beforeWork(() -> {
			throw new StoreUnavailableException("away");
		});
		AtomicBoolean called = new AtomicBoolean();
		lifecycle.stop(() -> called.set(true));
		assertThat(called).isTrue();
	}

	@Test
	void whenAnActionIsUnderWayShouldInterruptIt() {
		S4DBLifecycle lifecycle = lifecycle(INTERVAL, true);
		lifecycle.start();
		ManagedDatabase managed = Objects.requireNonNull(this.databases.get("db"));
		boolean interrupted = managed.interruptibly(() -> {
			lifecycle.stop();
			return Thread.interrupted();
		});
		assertThat(interrupted).isTrue();
		lifecycle.stop();
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void whenUploadOnCloseIsOffShouldNotUploadAtTheEnd() {
		S4DBLifecycle lifecycle = lifecycle(INTERVAL, false);
		lifecycle.start();
		this.database.put("a", "1");
		lifecycle.stop(() -> {
		});
		assertThat(this.database.calls()).isEmpty();
	}

	@Test
	void whenStartedAgainShouldUploadAgain() {
		S4DBLifecycle lifecycle = lifecycle(INTERVAL, true);
		lifecycle.start();
		lifecycle.stop();
		lifecycle.start();
		this.database.put("a", "1");
		this.tasks.pass(INTERVAL);
		assertThat(this.database.calls()).containsExactly("upload CHANGED");
	}

	private S4DBLifecycle lifecycle(Duration uploadInterval, boolean uploadOnStop) {
		return new S4DBLifecycle(this.databases, this.tasks, uploadInterval, Duration.ZERO, uploadOnStop);
	}

}
