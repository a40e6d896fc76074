package io.s4db.spring.runtime;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link BackOff}.
 */
class BackOffTests {

	private final BackOff backOff = new BackOff(Duration.ofSeconds(1), Duration.ofMinutes(1));

	@Test
	void whenItGoesOnFailingShouldWaitTwiceAsLongUpToALimit() {
		assertThat(this.backOff.after(1)).hasSeconds(1);
		assertThat(this.backOff.after(2)).hasSeconds(2);
		assertThat(this.backOff.after(6)).hasSeconds(32);
		assertThat(this.backOff.after(7)).hasSeconds(60);
		assertThat(this.backOff.after(Integer.MAX_VALUE)).hasSeconds(60);
	}

}
