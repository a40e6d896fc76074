package io.s4db.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.s4db.history.Event.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That the search finds an order where there is one, and none where there is none.
 */
class LinearizabilityTests {

	private final List<Event> events = new ArrayList<>();

	@Test
	void whenReadsFollowWritesShouldFindTheOrder() {
		put("1", 0, 10);
		read("1", 11, 12);
		put("2", 13, 20);
		read("2", 21, 22);
		assertThat(Linearizability.problem(this.events)).isNull();
	}

	@Test
	void whenOperationsOverlapShouldTakeAnyOrderThatFits() {
		put("1", 0, 10);
		put("2", 1, 9);
		read("2", 2, 8);
		read("1", 3, 12);
		read("1", 13, 14);
		assertThat(Linearizability.problem(this.events)).isNull();
	}

	@Test
	void whenAReadIsStaleShouldFindNone() {
		put("1", 0, 10);
		put("2", 11, 20);
		read("1", 21, 22);
		assertThat(Linearizability.problem(this.events)).contains("reads 1");
	}

	@Test
	void whenReadsGoBackShouldFindNone() {
		put("1", 0, 5);
		put("2", 6, 30);
		read("2", 7, 8);
		read("1", 9, 10);
		assertThat(Linearizability.problem(this.events)).isNotNull();
	}

	@Test
	void whenTwoReadersDisagreeAboutTheOrderShouldFindNone() {
		put("1", 0, 30);
		put("2", 0, 30);
		read("1", 1, 2);
		read("2", 3, 4);
		read("1", 5, 6);
		assertThat(Linearizability.problem(this.events)).isNotNull();
	}

	@Test
	void whenAWriteHadNoAnswerShouldLetItTakePlaceLaterOrNever() {
		put("1", 0, 10);
		put("2", 11, Event.NEVER);
		read("1", 20, 21);
		assertThat(Linearizability.problem(this.events)).isNull();
		read("2", 30, 31);
		assertThat(Linearizability.problem(this.events)).isNull();
		read("1", 40, 41);
		assertThat(Linearizability.problem(this.events)).isNotNull();
	}

	@Test
	void whenTwoPutIfAbsentBothWinShouldFindNone() {
		this.events.add(new Event("a", Kind.PUT_IF_ABSENT, "k", "1", null, null, true, 0, 10));
		this.events.add(new Event("b", Kind.PUT_IF_ABSENT, "k", "2", null, null, true, 0, 10));
		assertThat(Linearizability.problem(this.events)).isNotNull();
	}

	@Test
	void whenAReplaceLosesAgainstAnotherShouldFindTheOrder() {
		put("1", 0, 10);
		this.events.add(new Event("a", Kind.REPLACE, "k", "2", "1", null, true, 11, 20));
		this.events.add(new Event("b", Kind.REPLACE, "k", "3", "1", null, false, 11, 20));
		this.events.add(new Event("b", Kind.DELETE, "k", null, null, null, true, 21, 22));
		read(null, 23, 24);
		assertThat(Linearizability.problem(this.events)).isNull();
		this.events.set(2, new Event("b", Kind.REPLACE, "k", "3", "1", null, true, 11, 20));
		assertThat(Linearizability.problem(this.events)).isNotNull();
	}

	/** Random histories that are right by construction, and one wrong read in each. */
	@Test
	void whenOneReadOfManyIsWrongShouldFindNone() {
		for (long seed = 1; seed <= 200; seed++) {
			Random random = new Random(seed);
			List<Event> history = new ArrayList<>();
			List<Integer> reads = new ArrayList<>();
			String value = null;
			for (int i = 0; i < 120; i++) {
				// each takes place at 100 * i, and lasts for a while around that
				long start = Math.max(0, 100L * i - random.nextInt(300));
				long end = 100L * i + 1 + random.nextInt(300);
				if (random.nextBoolean()) {
					reads.add(history.size());
					history.add(new Event("r", Kind.READ, "k", null, null, value, true, start, end));
				}
				else {
					value = String.valueOf(i);
					history.add(new Event("w", Kind.PUT, "k", value, null, null, true, start, end));
				}
			}
			assertThat(Linearizability.problem(history)).as("seed %d", seed).isNull();
			int wrong = reads.get(reads.size() / 2 + random.nextInt(reads.size() / 2));
			Event read = history.get(wrong);
			// what was there a thousand before at the least
			String old = history.subList(0, wrong - 10)
				.stream()
				.filter((event) -> event.kind() == Kind.PUT)
				.reduce((a, b) -> b)
				.map(Event::argument)
				.orElse(null);
			history.set(wrong, new Event("r", Kind.READ, "k", null, null, old + "?", true, read.start(), read.end()));
			assertThat(Linearizability.problem(history)).as("seed %d", seed).isNotNull();
			boolean overwritten = history.subList(wrong - 9, wrong - 6).stream().anyMatch((e) -> e.kind() == Kind.PUT);
			if (overwritten) {
				history.set(wrong, new Event("r", Kind.READ, "k", null, null, old, true, read.start(), read.end()));
				assertThat(Linearizability.problem(history)).as("seed %d, stale", seed).isNotNull();
			}
		}
	}

	private void put(String value, long start, long end) {
		this.events.add(new Event("w", Kind.PUT, "k", value, null, null, true, start, end));
	}

	private void read(@Nullable String value, long start, long end) {
		this.events.add(new Event("r", Kind.READ, "k", null, null, value, true, start, end));
	}

}
