package io.s4db.spring.autoconfigure;

import java.time.Duration;

import io.s4db.spring.testing.ManualTasks;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link OpeningPatience}.
 */
class OpeningPatienceTests {

	private final ManualTasks tasks = new ManualTasks();

	private final OpeningPatience patience = new OpeningPatience(this.tasks.clock());

	@Test
	void whenSeveralBeginShouldHaveTheSameTime() {
		this.patience.begin();
		this.tasks.pass(Duration.ofSeconds(4));
		this.patience.begin();
		assertThat(this.patience.left()).isEqualTo(Duration.ofSeconds(6));
		this.tasks.pass(Duration.ofSeconds(7));
		assertThat(this.patience.left()).isZero();
	}

	@Test
	void whenOneBeginsLaterShouldHaveItsOwn() {
		this.patience.begin();
		this.tasks.pass(Duration.ofSeconds(11));
		this.patience.begin();
		assertThat(this.patience.left()).isEqualTo(OpeningPatience.PATIENCE);
	}

	@Test
	void whenTheClockIsSetBackShouldNotWaitForLonger() {
		this.patience.begin();
		this.tasks.setClock(this.tasks.clock().instant().minus(Duration.ofHours(1)));
		assertThat(this.patience.left()).isEqualTo(OpeningPatience.PATIENCE);
	}

}
