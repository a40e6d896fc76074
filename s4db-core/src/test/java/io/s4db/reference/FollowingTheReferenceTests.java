package io.s4db.reference;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.s4db.Change;
import io.s4db.EntryIterator;
import io.s4db.ForeignWriterException;
import io.s4db.IterationMode;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.directory.DirectoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultyObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The reference writes while a database of ours is open.
 */
class FollowingTheReferenceTests {

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	private final List<String> sent = new ArrayList<>();

	private DirectoryObjectStore store;

	private ReferenceDatabase reference;

	@BeforeEach
	void open() throws IOException {
		this.store = new DirectoryObjectStore(Files.createDirectories(this.folder.resolve("bucket")));
		this.reference = reference("python");
	}

	@AfterEach
	void close() {
		this.store.close();
	}

	private ReferenceDatabase reference(String directory) throws IOException {
		return new ReferenceDatabase(this.folder.resolve("bucket"), "",
				Files.createDirectories(this.folder.resolve(directory)), ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
	}

	private S4DBOptions.Builder options() {
		return S4DBOptions.builder().clock(this.clock).uploadOnClose(false);
	}

	private S4DB reader() {
		return S4DBEngine.open(new FaultyObjectStore(this.store, (call) -> {
			this.sent.add(call.kind() + " " + call.name());
			return FaultPlan.Fault.NONE;
		}), options().mode(Mode.READ_ONLY).localDir(this.folder.resolve("mirror")).build());
	}

	private void write(Map<String, String> entries) {
		this.reference.put(entries);
		this.reference.upload();
	}

	private static Map<String, String> iterate(S4DB db, IterationMode mode) {
		Map<String, String> all = new HashMap<>();
		try (EntryIterator<String> entries = db.iterate(mode)) {
			entries.forEachRemaining((entry) -> all.put(entry.getKey(), entry.getValue()));
		}
		return all;
	}

	private static void assertShows(S4DB db, Map<String, String> expected) {
		assertThat(db.getAll(List.of("a", "b", "c"))).isEqualTo(expected);
		expected.forEach((key, value) -> assertThat(db.get(key)).isEqualTo(value));
		assertThat(db.size()).isEqualTo(expected.size());
		assertThat(iterate(db, IterationMode.REMOTE)).isEqualTo(expected);
	}

	@Test
	void whenItCommitsShouldShowThatForOneRequestAPoll() {
		write(Map.of("a", "1", "b", "1"));
		try (S4DB reader = reader()) {
			assertShows(reader, Map.of("a", "1", "b", "1"));
			this.sent.clear();
			assertThat(reader.refresh().changed()).isFalse();
			assertThat(this.sent).containsExactly("GET index.idx");
			write(Map.of("a", "2", "c", "2"));
			assertThat(reader.refresh().changed()).isTrue();
			assertShows(reader, Map.of("a", "2", "b", "1", "c", "2"));
			this.reference.delete(List.of("b"));
			this.reference.upload();
			reader.refresh();
			assertShows(reader, Map.of("a", "2", "c", "2"));
		}
	}

	@Test
	void whenItCommitsTheFirstTimeShouldShowThat() {
		try (S4DB reader = reader()) {
			assertThat(reader.refresh().changed()).isFalse();
			write(Map.of("a", "1"));
			reader.refresh();
			assertShows(reader, Map.of("a", "1"));
		}
	}

	@Test
	void whenItCompactsShouldReadElsewhere() {
		write(Map.of("a", "1", "b", "1"));
		try (S4DB polling = reader();
				S4DB surprised = S4DBEngine.open(this.store, options().mode(Mode.READ_ONLY).build());
				S4DB iterating = S4DBEngine.open(this.store, options().mode(Mode.READ_ONLY).build())) {
			write(Map.of("a", "2"));
			this.reference.compact();
			this.reference.upload();
			assertThat(this.folder.resolve("bucket/data_000001.s4db")).doesNotExist();
			assertThat(surprised.get("a")).isEqualTo("2");
			assertThat(iterate(iterating, IterationMode.REMOTE)).isEqualTo(Map.of("a", "2", "b", "1"));
			polling.refresh();
			assertShows(polling, Map.of("a", "2", "b", "1"));
		}
	}

	@Test
	void whenThereAreCopiesShouldFetchWhatChanged() {
		write(Map.of("a", "1", "b", "1"));
		try (S4DB reader = reader()) {
			reader.download();
			write(Map.of("a", "2"));
			reader.download();
			assertThat(reader.get("a")).isEqualTo("2");
			assertThat(iterate(reader, IterationMode.LOCAL)).isEqualTo(Map.of("a", "2", "b", "1"));
			this.reference.compact();
			this.reference.upload();
			assertThat(iterate(reader, IterationMode.LOCAL)).isEqualTo(Map.of("a", "2", "b", "1"));
			assertShows(reader, Map.of("a", "2", "b", "1"));
		}
	}

	/**
	 * A file of the same name and size, with other entries at the same places. If all
	 * were so, the index would have the same bytes, and nothing could tell them apart.
	 */
	@Test
	void whenItWritesAnewShouldNotShowWhatWas() throws IOException {
		write(Map.of("a", "1", "b", "1"));
		try (S4DB reader = reader()) {
			reader.download();
			assertShows(reader, Map.of("a", "1", "b", "1"));
			try (S4DB cached = S4DBEngine.open(this.store, options().mode(Mode.READ_ONLY).build())) {
				assertShows(cached, Map.of("a", "1", "b", "1"));
				try (DirectoryStream<Path> files = Files.newDirectoryStream(this.folder.resolve("bucket"), "*.*")) {
					for (Path file : files) {
						Files.delete(file);
					}
				}
				this.reference = reference("anew");
				write(Map.of("a", "2", "b", "2"));
				this.reference = reference("another");
				write(Map.of("c", "2"));
				reader.refresh();
				cached.refresh();
				assertShows(reader, Map.of("a", "2", "b", "2", "c", "2"));
				assertShows(cached, Map.of("a", "2", "b", "2", "c", "2"));
			}
		}
	}

	@Test
	void whenOursTakesOverShouldFollowThat() {
		write(Map.of("a", "1", "b", "1"));
		try (S4DB reader = reader();
				S4DB writer = S4DBEngine.open(this.store, options().localDir(this.folder.resolve("ours")).build())) {
			write(Map.of("c", "1"));
			writer.put("a", "2");
			writer.upload();
			assertShows(writer, Map.of("a", "2", "b", "1", "c", "1"));
			reader.refresh();
			assertShows(reader, Map.of("a", "2", "b", "1", "c", "1"));
			writer.put("a", "3");
			writer.upload();
			reader.refresh();
			assertShows(reader, Map.of("a", "3", "b", "1", "c", "1"));
		}
	}

	@Test
	void whenItWritesToADatabaseOfOursShouldBeNoticedAtTheNextRefresh() {
		S4DBOptions ours = options().localDir(this.folder.resolve("ours")).build();
		try (S4DB writer = S4DBEngine.open(this.store, ours)) {
			writer.put(Map.of("a", "1", "b", "1"));
			writer.upload();
		}
		try (S4DB reader = reader()) {
			assertShows(reader, Map.of("a", "1", "b", "1"));
			this.sent.clear();
			assertThat(reader.refresh().changed()).isFalse();
			assertThat(this.sent).containsExactly("GET manifest.json", "HEAD index.idx");
			this.reference = new ReferenceDatabase(this.folder.resolve("bucket"), "", this.folder.resolve("python"),
					ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
			write(Map.of("a", "2", "c", "2"));
			assertThat(reader.refresh().changed()).isTrue();
			assertShows(reader, Map.of("a", "2", "b", "1", "c", "2"));
			assertThat(reader.refresh().changed()).isFalse();
			write(Map.of("a", "3"));
			reader.refresh();
			assertShows(reader, Map.of("a", "3", "b", "1", "c", "2"));
		}
	}

	/**
	 * All of it between two looks, and each entry is as long as the one before: neither
	 * the log nor the writers' marks tell of it.
	 */
	@Test
	void whenOursTookOverAndCompactedWhatItWroteShouldTellListenersOfIt() {
		S4DBOptions ours = options().localDir(this.folder.resolve("ours")).build();
		try (S4DB writer = S4DBEngine.open(this.store, ours)) {
			writer.put(Map.of("a", "1", "b", "1"));
			writer.upload();
		}
		List<Change> changes = new ArrayList<>();
		try (S4DB reader = reader()) {
			reader.addChangeListener(changes::add);
			this.reference = new ReferenceDatabase(this.folder.resolve("bucket"), "", this.folder.resolve("python"),
					ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
			write(Map.of("a", "2"));
			try (S4DB writer = S4DBEngine.open(this.store, ours)) {
				writer.compact();
			}
			reader.refresh();
			assertShows(reader, Map.of("a", "2", "b", "1"));
			assertThat(changes).singleElement().matches((change) -> change.mayConcern("a"));
			try (S4DB writer = S4DBEngine.open(this.store, ours)) {
				writer.compact();
				writer.checkpoint();
			}
			reader.refresh();
			assertThat(changes).as("what only moved is not told").hasSize(1);
		}
	}

	@Test
	void whenItLosesACommitOfOursShouldSayThatAtTheNextRefresh() {
		S4DBOptions ours = options().localDir(this.folder.resolve("ours")).build();
		try (S4DB writer = S4DBEngine.open(this.store, ours)) {
			writer.put(Map.of("a", "1"));
			writer.upload();
			ReferenceDatabase late = new ReferenceDatabase(this.folder.resolve("bucket"), "",
					this.folder.resolve("python"), ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
			writer.put(Map.of("b", "1"));
			writer.upload();
			try (S4DB reader = reader()) {
				late.put(Map.of("c", "1"));
				late.upload();
				for (int i = 0; i < 2; i++) {
					assertThatExceptionOfType(ForeignWriterException.class).isThrownBy(reader::refresh)
						.withMessageContaining("adopting that would lose something");
				}
				assertThat(this.sent.stream().filter("GET index.idx"::equals)).hasSize(2);
			}
		}
	}

}
