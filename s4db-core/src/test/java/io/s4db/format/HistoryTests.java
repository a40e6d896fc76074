package io.s4db.format;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.s4db.format.History.Descent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HistoryTests {

	private static final UUID DATABASE = new UUID(1, 1);

	private static Manifest first(UUID database) {
		return new Manifest(1, UUID.randomUUID(), 0, 1, null, List.of(), NumberRanges.EMPTY, NumberRanges.EMPTY,
				List.of(), List.of(), Map.of(), History.of(database));
	}

	private static Manifest next(Manifest manifest) {
		return at(manifest, manifest.seq() + 1);
	}

	private static Manifest at(Manifest manifest, long seq) {
		return new Manifest(seq, UUID.randomUUID(), 0, 1, null, List.of(), NumberRanges.EMPTY, NumberRanges.EMPTY,
				List.of(), List.of(), Map.of(), manifest.nextHistory(UUID.randomUUID(), seq));
	}

	@Test
	void whenOneFollowsTheOtherShouldContinueIt() {
		Manifest first = first(DATABASE);
		Manifest later = first;
		assertThat(first.descent(first)).isEqualTo(Descent.CONTINUES);
		for (int i = 0; i < History.ANCESTORS; i++) {
			later = next(later);
			assertThat(later.descent(first)).isEqualTo(Descent.CONTINUES);
			assertThat(first.descent(later)).isEqualTo(Descent.ANOTHER);
			assertThat(later.database()).isEqualTo(DATABASE);
		}
		assertThat(next(later).descent(first)).isEqualTo(Descent.UNKNOWN);
	}

	@Test
	void whenItWasPutBackAndWrittenOnShouldBeAnother() {
		Manifest restored = next(first(DATABASE));
		Manifest seen = next(next(restored));
		Manifest now = restored;
		for (int i = 0; i < 10; i++) {
			now = next(now);
			assertThat(now.descent(restored)).isEqualTo(Descent.CONTINUES);
			assertThat(now.descent(seen)).isEqualTo(Descent.ANOTHER);
		}
	}

	@Test
	void whenItIsAnotherDatabaseShouldBeAnotherWhateverTheNumber() {
		Manifest seen = next(first(DATABASE));
		Manifest other = first(new UUID(2, 2));
		for (int i = 0; i < 5; i++) {
			assertThat(other.descent(seen)).isEqualTo(Descent.ANOTHER);
			other = next(other);
		}
	}

	@Test
	void whenAnEarlierReleaseWroteShouldNotBeKnown() {
		Manifest old = new Manifest(7, UUID.randomUUID(), 0, 1, null, List.of(), NumberRanges.EMPTY, NumberRanges.EMPTY,
				List.of(), List.of(), Map.of());
		Manifest next = next(old);
		assertThat(next.descent(old)).isEqualTo(Descent.CONTINUES);
		assertThat(next.database()).isNotNull();
		assertThat(next(next(next)).descent(old)).isEqualTo(Descent.CONTINUES);
		assertThat(old.descent(old)).isEqualTo(Descent.CONTINUES);
	}

	@Test
	void whenNumbersWereSkippedShouldNotBeKnown() {
		Manifest seen = next(first(DATABASE));
		Manifest rebuilt = at(seen, 20);
		assertThat(rebuilt.database()).isEqualTo(DATABASE);
		assertThat(rebuilt.descent(seen)).isEqualTo(Descent.UNKNOWN);
		assertThat(next(rebuilt).descent(rebuilt)).isEqualTo(Descent.CONTINUES);
	}

}
