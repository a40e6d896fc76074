package io.s4db.spring.runtime;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import io.s4db.StoreUnavailableException;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.spring.testing.StubS4DB.Figures;
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

	private final ManagedDatabases databases = new ManagedDatabases(Map.of("db", this.database), null, this.tasks);

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
	void whenUploadsFailShouldPauseLongerAndLongerAndRecover() {
		lifecycle(INTERVAL, true).start();
		this.database.put("a", "1");
		this.database.beforeWork(() -> {
			throw new StoreUnavailableException("away");
		});
		ManagedDatabase managed = Objects.requireNonNull(this.databases.get("db"));
		this.tasks.pass(Duration.ofSeconds(30));
		assertThat(managed.uploads().failures()).isEqualTo(1);
		assertThat(managed.uploads().keepFailing()).isFalse();
		this.tasks.pass(Duration.ofSeconds(59));
		assertThat(managed.uploads().failures()).isEqualTo(1);
		this.tasks.pass(Duration.ofSeconds(1));
		assertThat(managed.uploads().failures()).isEqualTo(2);
		assertThat(managed.uploads().keepFailing()).isTrue();
		assertThat(managed.uploads().problem()).isEqualTo("away");
		this.tasks.pass(Duration.ofSeconds(120));
		assertThat(managed.uploads().failures()).isEqualTo(3);
		this.tasks.pass(Duration.ofMinutes(60));
		assertThat(managed.uploads().failures()).isBetween(32, 34);
		this.database.beforeWork(() -> {
		});
		this.tasks.pass(Duration.ofMinutes(2));
		assertThat(managed.uploads().failures()).isZero();
		int calls = this.database.calls().size();
		this.database.put("b", "2");
		this.tasks.pass(INTERVAL);
		assertThat(this.database.calls()).hasSize(calls + 1);
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
