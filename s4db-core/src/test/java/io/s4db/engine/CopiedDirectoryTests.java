package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.format.ManifestJson;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A local directory that was copied (an image, a clone, a backup) and is used by two, or
 * that is older than what was committed from it: what either writes gets in, and nothing
 * twice.
 */
class CopiedDirectoryTests {

	@TempDir
	Path folder;

	private final ObjectStore store = new InMemoryObjectStore();

	private S4DB open(String directory) {
		return S4DBEngine.open(this.store,
				S4DBOptions.builder().localDir(this.folder.resolve(directory)).uploadOnClose(false).build());
	}

	private void copy(String from, String to) throws IOException {
		Path target = Files.createDirectories(this.folder.resolve(to));
		try (Stream<Path> files = Files.list(this.folder.resolve(from))) {
			for (Path file : files.toList()) {
				// The lock of an open database goes with a copy made by its own process.
				if (!file.endsWith("LOCK")) {
					Files.copy(file, target.resolve(file.getFileName()));
				}
			}
		}
	}

	private void delete(String directory) throws IOException {
		try (Stream<Path> files = Files.list(this.folder.resolve(directory))) {
			for (Path file : files.toList()) {
				Files.delete(file);
			}
		}
		Files.delete(this.folder.resolve(directory));
	}

	private Map<String, String> committed() {
		Map<String, String> all = new HashMap<>();
		try (S4DB reader = S4DBEngine.open(this.store)) {
			reader.keys().forEach((key) -> all.put(key, String.valueOf(reader.get(key))));
		}
		return all;
	}

	private void write(String directory, boolean upload, String... pairs) {
		try (S4DB db = open(directory)) {
			for (int i = 0; i < pairs.length; i += 2) {
				db.put(pairs[i], pairs[i + 1]);
			}
			if (upload) {
				db.upload();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenBothWriteShouldHaveWhatEitherWrote(boolean committedBefore) throws IOException {
		write("original", committedBefore, "before", "1");
		copy("original", "copy");
		copy("original", "another");
		try (S4DB one = open("original"); S4DB two = open("copy"); S4DB three = open("another")) {
			one.put("one", "1");
			two.put("two", "2");
			three.put("three", "3");
			for (S4DB db : List.of(one, two, three)) {
				db.upload();
			}
			one.put("one", "1 again");
			two.put("two", "2 again");
			for (S4DB db : List.of(three, two, one)) {
				db.upload();
			}
		}
		assertThat(committed()).isEqualTo(Map.of("before", "1", "one", "1 again", "two", "2 again", "three", "3"));
		for (String directory : List.of("original", "copy", "another")) {
			write(directory, true, directory, "last");
		}
		assertThat(committed()).hasSize(7);
	}

	@Test
	void whenWhatIsPendingIsInBothShouldNotBringOldValuesBack() throws IOException {
		write("original", false, "key", "old", "other", "old");
		copy("original", "copy");
		copy("original", "late");
		try (S4DB late = open("late")) {
			write("copy", true, "key", "new");
			assertThat(committed()).isEqualTo(Map.of("key", "new", "other", "old"));
			write("original", true, "mine", "too");
			late.put("late", "too");
			late.upload();
		}
		assertThat(committed()).isEqualTo(Map.of("key", "new", "other", "old", "mine", "too", "late", "too"));
	}

	@Test
	void whenTheOriginalGoesOnWritingShouldHaveAllOfIt() throws IOException {
		try (S4DB original = open("original")) {
			original.put("first", "1");
			copy("original", "copy");
			write("copy", true, "copy", "1");
			original.put("second", "2");
			original.upload();
		}
		assertThat(committed()).isEqualTo(Map.of("first", "1", "copy", "1", "second", "2"));
	}

	/** Writes go on to a file that somebody else has committed as it was. */
	@Test
	void whenTheCopyCommitsWhatTheOriginalStillWritesToShouldLoseNothing() throws IOException {
		try (S4DB original = open("original"); S4DB other = open("other")) {
			original.put(Map.of("first", "1", "second", "1"));
			copy("original", "copy");
			write("copy", true, "first", "2");
			other.put("second", "3");
			other.upload();
			original.refresh();
			assertThat(original.getAll(List.of("first", "second"))).isEqualTo(Map.of("first", "2", "second", "3"));
			assertThat(original.stats().pendingEntries()).isZero();
			try (EntryIterator<String> entries = original.iterate(IterationMode.REMOTE)) {
				assertThat(entries).toIterable().hasSize(2);
			}
			original.put("third", "4");
			assertThat(original.size()).isEqualTo(3);
			original.upload();
		}
		assertThat(committed()).isEqualTo(Map.of("first", "2", "second", "3", "third", "4"));
	}

	/** Its numbers are used up, though nothing is there that has them. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheOriginalGoesOnAfterACopyCommittedAllOfItShouldLoseNothing(boolean committedBefore) throws IOException {
		write("original", committedBefore, "before", "0");
		write("original", false, "first", "a value that is longer than the next one");
		copy("original", "copy");
		write("copy", true);
		write("original", true);
		try (S4DB original = open("original")) {
			original.put("second", "2");
			write("copy", true, "copy", "3");
			original.refresh();
			assertThat(original.get("second")).isEqualTo("2");
			original.upload();
		}
		write("original", true, "third", "4");
		assertThat(committed().keySet()).containsExactlyInAnyOrder("before", "first", "second", "copy", "third");
	}

	@Test
	void whenTheOriginalMovesAfterwardsShouldHaveAllOfItStill() throws IOException {
		try (S4DB original = open("original")) {
			original.put("first", "1");
			copy("original", "copy");
			write("copy", true, "copy", "1");
			original.put("second", "2");
		}
		copy("original", "moved");
		delete("original");
		write("moved", true, "third", "3");
		assertThat(committed()).isEqualTo(Map.of("first", "1", "copy", "1", "second", "2", "third", "3"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenAnOlderStateIsPutBackShouldGoOn(boolean pending) throws IOException {
		write("original", !pending, "key", "1");
		copy("original", "backup");
		write("original", true, "key", "2");
		write("original", true, "key", "3", "other", "3");
		delete("original");
		copy("backup", "original");
		write("original", true, "restored", "4");
		assertThat(committed()).isEqualTo(Map.of("key", "3", "other", "3", "restored", "4"));
	}

	@Test
	void whenItStaysWhereItIsShouldStayTheSameWriter() {
		for (int i = 0; i < 5; i++) {
			write("original", true, "key", "value " + i);
		}
		assertThat(ManifestJson.read(this.store.get("manifest.json").bytes()).writers()).hasSize(1);
	}

}
