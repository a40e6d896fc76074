package io.s4db.spring.actuate;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.spring.testing.StubS4DB;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Actions}.
 */
class ActionsTests {

	private final ManualTasks tasks = new ManualTasks();

	private final Actions actions = new Actions(new ManagedDatabases(Map.of("team/db", new StubS4DB()), this.tasks),
			this.tasks, Duration.ofSeconds(3));

	@Test
	void whenThereIsNoThreadShouldFailAndNotKeepLaterOnesOut() {
		this.tasks.noThread(new OutOfMemoryError("unable to create native thread"));
		Actions.Answer answer = this.actions.perform("compact");
		assertThat(answer.status()).isEqualTo(500);
		assertThat(answer.report().error()).contains("unable to create native thread");
		this.tasks.noThread(null);
		assertThat(this.actions.perform("compact").status()).isEqualTo(200);
	}

	/** A slash cannot be in a part of a path. */
	@Test
	void whenTheNameHasASlashShouldTakeADotForIt() {
		assertThat(this.actions.perform("team.db", "compact").status()).isEqualTo(200);
		assertThat(this.actions.perform("team/db", "compact").status()).isEqualTo(200);
		assertThat(this.actions.perform("team", "compact").status()).isEqualTo(404);
		assertThat(this.actions.latest("team/db")).isNotNull();
	}

	@Test
	void whenCancelledBeforeItsThreadBeganShouldEndAtOnce() {
		StubS4DB database = new StubS4DB();
		boolean[] interrupted = new boolean[1];
		database.beforeWork(() -> interrupted[0] = Thread.currentThread().isInterrupted());
		ManagedDatabases databases = new ManagedDatabases(Map.of("db", database), this.tasks);
		Execution execution = new Execution(Objects.requireNonNull(databases.get("db")), Action.COMPACT,
				this.tasks.clock());
		assertThat(execution.cancel()).isTrue();
		execution.perform();
		assertThat(interrupted[0]).isTrue();
		assertThat(Thread.interrupted()).as("is nobody else's").isFalse();
		assertThat(execution.cancel()).as("it has ended").isFalse();
	}

}
