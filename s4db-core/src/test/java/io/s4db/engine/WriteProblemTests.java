package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.s4db.Durability;
import io.s4db.S4DB;
import io.s4db.S4DBException;
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

	@Test
	void whenTheLocalDirectoryWorksAgainShouldSaySoBeforeTheNextWrite(@TempDir Path folder) throws IOException {
		whenItIsMended(folder.resolve("flush"), S4DB::flush);
		whenItIsMended(folder.resolve("upload"), S4DB::upload);
	}

	private void whenItIsMended(Path directory, Consumer<S4DB> look) throws IOException {
		this.away = false;
		try (S4DB database = S4DBEngine.open(new AwayStore(), S4DBOptions.builder().localDir(directory).build())) {
			database.put("a", "1");
			database.upload();
			Path aside = directory.resolveSibling("aside of " + directory.getFileName());
			Files.move(directory, aside);
			Files.createFile(directory);
			assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> database.put("b", "2"));
			String problem = database.stats().writeProblem();
			assertThat(problem).isNotNull();
			database.upload();
			assertThat(database.stats().writeProblem()).isEqualTo(problem);
			assertThatExceptionOfType(S4DBException.class).isThrownBy(database::flush);
			assertThat(database.stats().writeProblem()).isEqualTo(problem);
			Files.delete(directory);
			Files.move(aside, directory);
			look.accept(database);
			assertThat(database.stats().writeProblem()).isNull();
			assertThat(directory.resolve("try.tmp")).doesNotExist();
			this.away = true;
			assertThatExceptionOfType(StoreUnavailableException.class)
				.isThrownBy(() -> database.put(Map.of("c", "3"), Durability.STORE));
			database.flush();
			assertThat(database.stats().writeProblem()).isEqualTo("no route to host");
			this.away = false;
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
