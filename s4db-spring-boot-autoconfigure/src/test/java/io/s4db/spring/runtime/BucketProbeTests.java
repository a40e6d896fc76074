package io.s4db.spring.runtime;

import java.time.Duration;
import java.time.Instant;

import io.s4db.StoreUnavailableException;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.spring.testing.StubStore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link BucketProbe}.
 */
class BucketProbeTests {

	private final ManualTasks tasks = new ManualTasks();

	private final StubS4DB database = new StubS4DB();

	private final StubStore store = new StubStore();

	private final BucketProbe probe = new BucketProbe(this.database::stats, () -> false, this.database, this.store,
			this.tasks);

	@Test
	void whenAskedOftenShouldAskTheBucketOnceInTenSeconds() {
		for (int i = 0; i < 100; i++) {
			assertThat(this.probe.status().reachable()).isTrue();
			this.tasks.pass(Duration.ofMillis(99));
		}
		assertThat(this.store.gets()).isEqualTo(1);
		this.tasks.pass(Duration.ofMillis(200));
		this.probe.status();
		assertThat(this.store.gets()).isEqualTo(2);
	}

	@Test
	void whenThereIsAManifestShouldKnowItsSequenceNumber() {
		assertThat(this.probe.status().seq()).isZero();
		this.store.manifest(7);
		this.tasks.pass(BucketProbe.MAX_AGE);
		assertThat(this.probe.status().seq()).isEqualTo(7);
		this.tasks.pass(BucketProbe.MAX_AGE);
		assertThat(this.probe.status().seq()).isEqualTo(7);
		this.store.manifest(9);
		this.tasks.pass(BucketProbe.MAX_AGE);
		assertThat(this.probe.status().seq()).isEqualTo(9);
	}

	@Test
	void whenTheBucketIsAwayShouldSayWhy() {
		this.store.failWith(new StoreUnavailableException("403 Forbidden"));
		BucketStatus status = this.probe.status();
		assertThat(status.reachable()).isFalse();
		assertThat(status.problem()).isEqualTo("403 Forbidden");
		this.store.failWith(null);
		this.tasks.pass(BucketProbe.MAX_AGE);
		assertThat(this.probe.status().reachable()).isTrue();
	}

	@Test
	void whenTheBucketIsAwayShouldSayWhenItWasLastReached() {
		this.store.failWith(new StoreUnavailableException("403 Forbidden"));
		Instant opened = this.tasks.clock().instant().minusSeconds(60);
		this.database.figures((figures) -> figures.withLastSeen(opened));
		assertThat(this.probe.status().seen()).isEqualTo(opened);
		this.tasks.pass(BucketProbe.MAX_AGE);
		this.store.failWith(null);
		Instant reached = this.tasks.clock().instant();
		assertThat(this.probe.status().seen()).isEqualTo(reached);
		this.tasks.pass(BucketProbe.MAX_AGE);
		this.store.failWith(new StoreUnavailableException("403 Forbidden"));
		BucketStatus away = this.probe.status();
		assertThat(away.reachable()).isFalse();
		assertThat(away.seen()).isEqualTo(reached);
		assertThat(away.asked()).isEqualTo(this.tasks.clock().instant());
		this.tasks.pass(BucketProbe.MAX_AGE);
		this.tasks.hold();
		assertThat(this.probe.status().seen()).isEqualTo(reached);
	}

	@Test
	void whenTheDatabaseIsNotOpenShouldAskTheBucketAllTheSame() {
		this.database.failWith(new StoreUnavailableException("not open yet"));
		BucketProbe opening = new BucketProbe(this.database::stats, () -> true, this.database, this.store, this.tasks);
		this.store.manifest(7);
		assertThat(opening.status().seq()).isEqualTo(7);
	}

	@Test
	void whenNobodyWaitsShouldAskAllTheSame() {
		this.probe.look();
		assertThat(this.store.gets()).isEqualTo(1);
		this.probe.look();
		assertThat(this.probe.status().reachable()).isTrue();
		assertThat(this.store.gets()).isEqualTo(1);
		this.tasks.pass(BucketProbe.MAX_AGE);
		this.tasks.noThread(new OutOfMemoryError("unable to create native thread"));
		this.probe.look();
		assertThat(this.probe.status().problem()).contains("unable to create native thread");
	}

	@Test
	void whenTheManifestIsDamagedShouldSaySo() {
		this.store.manifest(new byte[] { 1, 2, 3 }, "x");
		assertThat(this.probe.status().reachable()).isFalse();
	}

	@Test
	void whenTheDatabaseWasJustThereShouldNotAskAtAll() {
		this.database.figures((figures) -> figures.withLastSeen(this.tasks.clock().instant()));
		BucketStatus status = this.probe.status();
		assertThat(status.reachable()).isTrue();
		assertThat(status.seq()).isEqualTo(1);
		assertThat(this.store.gets()).isZero();
	}

	@Test
	void whenTheBucketDoesNotAnswerShouldNotWaitForLong() {
		this.tasks.hold();
		BucketStatus status = this.probe.status();
		assertThat(status.reachable()).isFalse();
		assertThat(status.problem()).contains("has not answered");
	}

	@Test
	void whenTheStoreIsNotKnownShouldAskTheDatabase() {
		BucketStatus status = new BucketProbe(this.database::stats, () -> false, this.database, null, this.tasks)
			.status();
		assertThat(status.seq()).isEqualTo(1);
		assertThat(this.database.calls()).containsExactly("refresh");
	}

	/**
	 * A refresh waits for an upload that is under way: while that gets on, the bucket is
	 * there.
	 */
	@Test
	void whenTheStoreIsNotKnownShouldBelieveTheLastAnswerWhileBytesMove() {
		BucketProbe viaDatabase = new BucketProbe(() -> {
			this.database.transferred(1);
			return this.database.stats();
		}, () -> false, this.database, null, this.tasks);
		BucketStatus first = viaDatabase.status();
		this.tasks.pass(BucketProbe.MAX_AGE);
		this.tasks.hold();
		assertThat(viaDatabase.status()).isEqualTo(first);
	}

	@Test
	void whenTheStoreIsNotKnownAndHangsShouldSaySo() {
		BucketProbe viaDatabase = new BucketProbe(this.database::stats, () -> false, this.database, null, this.tasks);
		assertThat(viaDatabase.status().reachable()).isTrue();
		this.tasks.pass(BucketProbe.MAX_AGE);
		this.tasks.hold();
		BucketStatus status = viaDatabase.status();
		assertThat(status.reachable()).isFalse();
		assertThat(status.problem()).contains("has not answered");
	}

	@Test
	void whenTheClockIsSetBackShouldAskAgain() {
		this.probe.status();
		this.store.failWith(new StoreUnavailableException("403 Forbidden"));
		this.tasks.setClock(this.tasks.clock().instant().minusSeconds(3600));
		assertThat(this.probe.status().reachable()).isFalse();
		assertThat(this.store.gets()).isEqualTo(2);
	}

	@Test
	void whenAskingFailsInAnyWayShouldAskOnceInTenSeconds() {
		for (Throwable failure : new Throwable[] { new IllegalStateException("a bug"),
				new OutOfMemoryError("Java heap space"), new StoreUnavailableException("away") }) {
			int before = this.store.gets();
			this.store.failWith(failure);
			for (int i = 0; i < 5; i++) {
				BucketStatus status = this.probe.status();
				assertThat(status.reachable()).isFalse();
				assertThat(status.problem()).contains(String.valueOf(failure.getMessage()));
			}
			assertThat(this.store.gets()).isEqualTo(before + 1);
			this.tasks.pass(BucketProbe.MAX_AGE);
		}
		this.tasks.noThread(new OutOfMemoryError("unable to create native thread"));
		assertThat(this.probe.status().problem()).contains("unable to create native thread");
	}

}
