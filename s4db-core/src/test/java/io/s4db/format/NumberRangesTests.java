package io.s4db.format;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class NumberRangesTests {

	@Test
	void whenNumbersHaveNoGapShouldBeOneRange() {
		assertThat(NumberRanges.of(List.of(3L, 1L, 2L, 2L, 5L, 7L, 6L))).hasToString("1-3,5-7");
		assertThat(NumberRanges.of(List.of(600L))).hasToString("600");
		assertThat(NumberRanges.of(List.of())).hasToString("").isEqualTo(NumberRanges.EMPTY);
		assertThat(NumberRanges.range(1, 512)).hasToString("1-512");
		assertThat(NumberRanges.range(4, 3)).isEqualTo(NumberRanges.EMPTY);
	}

	@Test
	void whenTextIsWrittenByUsShouldBeRead() {
		for (String text : new String[] { "", "0", "7", "1-512", "1-512,600", "0-4294967295", "4294967295",
				"1,3,5-9" }) {
			assertThat(NumberRanges.parse(text)).hasToString(text);
		}
	}

	@Test
	void whenTextIsWrongShouldBeRefused() {
		for (String text : new String[] { ",", "1,", ",1", "-", "1-", "-1", "2-1", "1,1", "2,1", "1-5,5", "1-5,3", "x",
				" 1", "1 ", "1--2", "1-2-3", "4294967296", "1-4294967296", "9223372036854775808", "0x1", "1;2" }) {
			assertThatIllegalArgumentException().as(text).isThrownBy(() -> NumberRanges.parse(text));
		}
	}

	@Test
	void whenSetsAreRandomShouldDoAsSetsDo() {
		long seed = 14_142;
		Random random = new Random(seed);
		for (int run = 0; run < 5000; run++) {
			TreeSet<Long> these = set(random);
			TreeSet<Long> those = set(random);
			NumberRanges a = NumberRanges.of(these);
			NumberRanges b = NumberRanges.of(those);
			TreeSet<Long> both = new TreeSet<>(these);
			both.addAll(those);
			TreeSet<Long> without = new TreeSet<>(these);
			without.removeAll(those);
			String run1 = "seed " + seed + ", run " + run;
			assertThat(a.plus(b)).as(run1).isEqualTo(NumberRanges.of(both)).hasSameHashCodeAs(NumberRanges.of(both));
			assertThat(a.minus(b)).as(run1).isEqualTo(NumberRanges.of(without));
			assertThat(a.toList()).as(run1).isEqualTo(new ArrayList<>(these));
			assertThat(a.count()).as(run1).isEqualTo(these.size());
			assertThat(a.isEmpty()).as(run1).isEqualTo(these.isEmpty());
			if (!these.isEmpty()) {
				assertThat(a.first()).isEqualTo(these.first());
				assertThat(a.last()).isEqualTo(these.last());
			}
			for (long number = 0; number < 42; number++) {
				assertThat(a.contains(number)).as(run1).isEqualTo(these.contains(number));
			}
			assertThat(NumberRanges.parse(a.toString())).as(run1).isEqualTo(a);
		}
	}

	@Test
	void whenSetsHaveManyGapsShouldSubtractInOnePass() {
		NumberRanges even = NumberRanges.of(LongStream.range(0, 200_000).map((n) -> 2 * n).boxed().toList());
		NumberRanges third = NumberRanges.of(LongStream.range(0, 150_000).map((n) -> 3 * n).boxed().toList());
		assertTimeoutPreemptively(Duration.ofSeconds(20),
				() -> assertThat(even.minus(third).count()).isEqualTo(200_000 - 66_667));
	}

	@SuppressWarnings("NonApiType")
	private static TreeSet<Long> set(Random random) {
		TreeSet<Long> set = new TreeSet<>();
		int count = random.nextInt(30);
		for (int i = 0; i < count; i++) {
			set.add((long) random.nextInt(40));
		}
		return set;
	}

}
