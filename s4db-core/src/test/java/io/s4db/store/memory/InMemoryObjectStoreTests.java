package io.s4db.store.memory;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectStoreContractTests;
import io.s4db.store.PutCondition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract, kept by {@link InMemoryObjectStore}.
 */
class InMemoryObjectStoreTests extends ObjectStoreContractTests {

	@Override
	protected ObjectStore newStore() {
		return new InMemoryObjectStore();
	}

	@Override
	protected ObjectStore reopen(ObjectStore store) {
		return store;
	}

	@Test
	void whenClockIsGivenShouldTakeTimesFromIt() {
		Instant then = Instant.parse("2001-02-03T04:05:06Z");
		ObjectStore store = new InMemoryObjectStore(Clock.fixed(then, ZoneOffset.UTC));
		store.put("a", content("x"), PutCondition.none());
		assertThat(store.list("")).extracting(ObjectInfo::lastModified).containsExactly(then);
	}

	@Test
	void whenDescribedShouldBeUnique() {
		assertThat(new InMemoryObjectStore().description()).startsWith("memory:")
			.isNotEqualTo(new InMemoryObjectStore().description());
	}

	@Test
	void whenNamesHaveSurrogatesShouldListInOrderOfBytes() {
		put("\uFFFD", "last of the basic plane");
		put("\uD83D\uDE00", "beyond it");
		put("z", "ASCII");
		assertThat(names("")).containsExactly("z", "\uFFFD", "\uD83D\uDE00");
	}

}
