package io.s4db.simulation;

import java.util.Collections;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * The simulation notices an own write that is lost, and takes nothing else for one.
 */
class CommittedTests {

	private static final String KEY = "shared/1";

	private final WriterHistory own = new WriterHistory("w1/");

	private final WriterHistory other = new WriterHistory("w2/");

	private final Committed committed = new Committed();

	@Test
	void whenItIsPendingShouldHaveToSeeItWhateverOthersCommit() {
		write(this.own, "mine");
		write(this.other, "theirs");
		commit(this.other, "theirs");
		assertSees("mine");
		assertLost("theirs");
		assertLost(null);
	}

	@Test
	void whenItIsCommittedShouldHaveToSeeItOrWhatCameLater() {
		write(this.other, "before");
		commit(this.other, "before");
		write(this.own, "mine");
		commit(this.own, "mine");
		assertSees("mine");
		assertLost("before");
		assertLost(null);
		write(this.other, "after");
		assertLost("after");
		commit(this.other, "after");
		assertSees("mine");
		assertSees("after");
		assertLost("before");
		assertLost(null);
	}

	@Test
	void whenOneOfTwoIsCommittedShouldHaveToSeeTheOther() {
		write(this.own, "first");
		write(this.own, null);
		commit(this.own, "first");
		assertSees(null);
		assertLost("first");
		commit(this.own, null);
		assertSees(null);
		assertLost("first");
	}

	@Test
	void whenItWroteNothingShouldSeeWhatSomebodyCommitted() {
		write(this.other, "theirs");
		assertLost("theirs");
		commit(this.other, "theirs");
		assertSees("theirs");
		assertSees(null);
	}

	@Test
	void whenMoreIsCommittedThanWasWrittenShouldNotice() {
		write(this.own, "mine");
		this.own.takeBack(Map.of(KEY, "mine"));
		write(this.own, "mine too");
		commit(this.own, "mine");
		commit(this.own, "mine too");
		assertLost("mine too");
	}

	@Test
	void whenNotEverythingIsCommittedShouldTellSo() {
		write(this.own, "mine");
		assertThat(this.committed.has(this.own, 0)).isTrue();
		assertThat(this.committed.has(this.own, 1)).isFalse();
		this.committed.add(this.own, ConditionalHistory.key(1), "conditional");
		commit(this.other, "theirs");
		assertThat(this.committed.has(this.own, 1)).isFalse();
		commit(this.own, "mine");
		assertThat(this.committed.has(this.own, 1)).isTrue();
	}

	private static void write(WriterHistory writer, @Nullable String value) {
		writer.wrote(Collections.singletonMap(KEY, value));
	}

	private void commit(WriterHistory writer, @Nullable String value) {
		this.committed.add(writer, KEY, value);
	}

	private void assertSees(@Nullable String value) {
		assertThatNoException().isThrownBy(() -> this.committed.check("writer", this.own, KEY, value));
	}

	private void assertLost(@Nullable String value) {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.committed.check("writer", this.own, KEY, value));
	}

}
