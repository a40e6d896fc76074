package io.s4db.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.s4db.Durability;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that the statistics say whether the last write failed.
 */
class WriteProblemTests {

	private boolean away;

	@Test
	void whenAWriteFailsShouldSayWhyUntilOneSucceeds(@TempDir Path directory) {
		try (S4DB database = S4DBEngine.open(new AwayStore(), S4DBOptions.builder().localDir(directory).build())) {
			database.put("a", "1");
			assertThat(database.stats().writeProblem()).isNull();
			this.away = true;
			assertThatExceptionOfType(StoreUnavailableException.class)
				.isThrownBy(() -> database.put(Map.of("b", "2"), Durability.STORE));
			assertThat(database.stats().writeProblem()).isEqualTo("no route to host");
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> database.put("k".repeat(65_536), "1"));
			assertThat(database.stats().writeProblem()).isEqualTo("no route to host");
			database.put("c", "3");
			assertThat(database.stats().writeProblem()).isNull();
			assertThatExceptionOfType(StoreUnavailableException.class)
				.isThrownBy(() -> database.delete(List.of("a"), Durability.STORE));
			assertThat(database.stats().writeProblem()).isEqualTo("no route to host");
			this.away = false;
			database.delete("b");
			assertThat(database.stats().writeProblem()).isNull();
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> database.put("k".repeat(65_536), "1"));
			assertThat(database.stats().writeProblem()).isNull();
		}
	}

	/** A store that takes nothing while it is away. */
	private final class AwayStore extends ForwardingObjectStore {

		AwayStore() {
			super(new InMemoryObjectStore());
		}

		@Override
		public String put(String name, ObjectContent content, PutCondition condition) {
			if (WriteProblemTests.this.away) {
				throw new StoreUnavailableException("no route to host");
			}
			return super.put(name, content, condition);
		}

	}

}
