package io.s4db.spring.runtime;

import java.time.Duration;

import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link ManagedDatabase}.
 */
class ManagedDatabaseTests {

	private final ManualTasks tasks = new ManualTasks();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private S4DB open(Mode mode) {
		return S4DBEngine.open(this.bucket, S4DBOptions.builder().mode(mode).clock(this.tasks.clock()).build());
	}

	@Test
	void shouldSayHowFarItIsBehindOnceSomebodyHasLooked() {
		try (S4DB writer = open(Mode.READ_WRITE); S4DB follower = open(Mode.READ_ONLY)) {
			ManagedDatabase managed = new ManagedDatabase("db", follower, this.bucket, this.tasks);
			this.tasks.pass(Duration.ofSeconds(11));
			writer.put("a", "1");
			writer.upload();
			long requests = this.bucket.requestCounts().total();
			assertThat(managed.behind(follower.stats())).isZero();
			assertThat(this.bucket.requestCounts().total()).isEqualTo(requests);
			managed.bucket().status();
			assertThat(managed.behind(follower.stats())).isPositive()
				.isEqualTo(writer.stats().seq() - follower.stats().seq());
			this.tasks.pass(Duration.ofSeconds(1));
			follower.refresh();
			assertThat(managed.behind(follower.stats())).isZero();
		}
	}

}
