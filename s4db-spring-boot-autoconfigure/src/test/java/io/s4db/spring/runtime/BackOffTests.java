package io.s4db.spring.runtime;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link BackOff}.
 */
class BackOffTests {

	private final BackOff backOff = new BackOff(1, 60);

	@Test
	void whenItGoesOnFailingShouldWaitTwiceAsLongUpToALimit() {
		assertThat(this.backOff.after(1)).isEqualTo(1);
		assertThat(this.backOff.after(2)).isEqualTo(2);
		assertThat(this.backOff.after(6)).isEqualTo(32);
		assertThat(this.backOff.after(7)).isEqualTo(60);
		assertThat(this.backOff.after(Integer.MAX_VALUE)).isEqualTo(60);
	}

}
