package io.s4db.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The limit on what copies take on disk. Each data file has 10,000 bytes and a few.
 */
class EvictionTests {

	@TempDir
	private Path folder;

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private final Random random = new Random(3);

	private S4DB open(long limit) {
		return S4DBEngine.open(this.store,
				S4DBOptions.builder()
					.localDir(this.folder.resolve("local"))
					.maxFileSize(1024)
					.localMaxSize(limit)
					.uploadOnClose(false)
					.build());
	}

	private void write(S4DB database, int number) {
		database.put("key-" + number,
				this.random.ints(10_000, ' ', '~').mapToObj(Character::toString).collect(Collectors.joining()));
	}

	private List<String> local() {
		try (Stream<Path> files = Files.list(this.folder.resolve("local"))) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.endsWith(".s4db"))
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void whenCommittedPastTheLimitShouldRemoveTheOldest() {
		try (S4DB database = open(25_000)) {
			for (int i = 1; i <= 5; i++) {
				write(database, i);
				database.upload();
			}
			assertThat(local()).containsExactly("data_000004.s4db", "data_000005.s4db");
			for (int i = 1; i <= 5; i++) {
				assertThat(database.get("key-" + i)).hasSize(10_000);
			}
		}
	}

	@Test
	void whenACopyIsReadShouldRemoveOthersFirst() {
		try (S4DB database = open(25_000)) {
			write(database, 1);
			database.upload();
			for (int i = 2; i <= 6; i++) {
				database.get("key-1");
				write(database, i);
				database.upload();
			}
			assertThat(local()).containsExactly("data_000001.s4db", "data_000006.s4db");
		}
	}

	@Test
	void whenPendingShouldNeverBeRemoved() {
		try (S4DB database = open(0)) {
			for (int i = 1; i <= 3; i++) {
				write(database, i);
			}
			assertThat(local()).hasSize(3).allMatch((name) -> name.startsWith("pending_"));
			database.upload();
			assertThat(local()).isEmpty();
			write(database, 4);
			assertThat(local()).containsExactly("pending_000004.s4db");
			assertThat(database.getAll(List.of("key-1", "key-4"))).hasSize(2);
		}
	}

	@Test
	void whenTheLimitWasLoweredShouldRemoveCopiesAtOpen() {
		try (S4DB database = open(Long.MAX_VALUE)) {
			for (int i = 1; i <= 4; i++) {
				write(database, i);
			}
			database.upload();
			assertThat(local()).hasSize(4);
		}
		try (S4DB database = open(15_000)) {
			assertThat(local()).hasSize(1);
			assertThat(database.size()).isEqualTo(4);
		}
	}

	@Test
	void whenCompactedShouldKeepWhatIsRead() {
		try (S4DB database = open(Long.MAX_VALUE)) {
			for (int i = 1; i <= 3; i++) {
				write(database, i);
			}
			database.upload();
		}
		try (S4DB database = open(35_000)) {
			List<List<String>> seen = new ArrayList<>();
			database.compact(CompactionPolicy.full(), (done, total) -> {
				write(database, 10 + seen.size());
				database.upload();
				seen.add(local().stream().filter((name) -> name.compareTo("data_000004.s4db") < 0).toList());
			});
			assertThat(seen).hasSize(3)
				.allSatisfy((names) -> assertThat(names).containsExactly("data_000001.s4db", "data_000002.s4db",
						"data_000003.s4db"));
			assertThat(local()).hasSizeLessThanOrEqualTo(3);
			assertThat(database.size()).isEqualTo(6);
		}
	}

	@Test
	void whenDownloadedPastTheLimitShouldKeepWhatFits() {
		try (S4DB database = open(0)) {
			for (int i = 1; i <= 4; i++) {
				write(database, i);
			}
			database.upload();
		}
		try (S4DB database = open(25_000)) {
			database.download();
			assertThat(local()).hasSize(2);
			try (EntryIterator<String> entries = database.iterate(IterationMode.LOCAL)) {
				assertThat(Stream.generate(entries::next).limit(4).map(Map.Entry::getKey)).hasSize(4);
				assertThat(entries.hasNext()).isFalse();
			}
		}
	}

}
