package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.s4db.DirectoryLockedException;
import io.s4db.ForeignDirectoryException;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A local directory belongs to one database, one incarnation of it, and one owner; it is
 * refused to all others before anything in it is touched.
 */
class LocalDirectoryOwnerTests {

	@TempDir
	Path folder;

	private Path local;

	private ObjectStore store;

	@BeforeEach
	void setUp() {
		this.local = this.folder.resolve("local");
		this.store = store("bucket");
	}

	private ObjectStore store(String name) {
		return new DirectoryObjectStore(this.folder.resolve(name));
	}

	private S4DBOptions.Builder options() {
		return S4DBOptions.builder().localDir(this.local).uploadOnClose(false);
	}

	private S4DB open(ObjectStore in) {
		return S4DBEngine.open(in, options().build());
	}

	/** What is in the directory, file by file, but for the lock. */
	private List<String> content() throws IOException {
		try (Stream<Path> files = Files.list(this.local)) {
			return files.filter((file) -> !file.endsWith("LOCK")).map((file) -> {
				try {
					return file.getFileName() + " " + Files.size(file) + " " + Files.getLastModifiedTime(file) + " "
							+ java.util.Arrays.hashCode(Files.readAllBytes(file));
				}
				catch (IOException ex) {
					throw new java.io.UncheckedIOException(ex);
				}
			}).sorted().toList();
		}
	}

	private void writeSome(boolean commit, boolean pending) {
		try (S4DB db = open(this.store)) {
			if (commit) {
				db.put("committed", "value");
				db.upload();
			}
			if (pending) {
				db.put("pending", "value");
			}
		}
	}

	private void assertRefused(ObjectStore other) throws IOException {
		List<String> before = content();
		for (Mode mode : Mode.values()) {
			assertThatExceptionOfType(ForeignDirectoryException.class)
				.isThrownBy(() -> S4DBEngine.open(other, options().mode(mode).build()))
				.withMessageContaining(this.store.description())
				.withMessageContaining(other.description())
				.withMessageContaining("database.json");
			assertThat(content()).isEqualTo(before);
		}
	}

	@Test
	void whenOpenedWithAnotherStoreShouldBeRefusedUntouched() throws IOException {
		for (int i = 0; i < 2; i++) {
			writeSome(i > 0, true);
			assertRefused(new InMemoryObjectStore());
			assertRefused(store("mistyped"));
			assertThat(this.folder.resolve("mistyped")).doesNotExist();
		}
		try (S4DB db = open(this.store)) {
			assertThat(db.get("pending")).isEqualTo("value");
			assertThat(db.get("committed")).isEqualTo("value");
			db.upload();
		}
	}

	@Test
	void whenOnlyCopiesAreThereShouldNotSetThemAsideForAMistypedPrefix() throws IOException {
		writeSome(true, false);
		assertRefused(store("mistyped"));
		assertThat(content()).noneMatch((file) -> file.contains(".conflict"));
	}

	@Test
	void whenTheBucketWasRenamedShouldBeTakenOverAsDocumented() throws IOException {
		writeSome(true, true);
		Files.move(this.folder.resolve("bucket"), this.folder.resolve("renamed"));
		ObjectStore renamed = store("renamed");
		assertRefused(renamed);
		Files.delete(this.local.resolve("database.json"));
		try (S4DB db = open(renamed)) {
			assertThat(db.get("committed")).isEqualTo("value");
			assertThat(db.get("pending")).isEqualTo("value");
			assertThat(content()).noneMatch((file) -> file.contains(".conflict"));
		}
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open(this.store));
	}

	@Test
	void whenAnUnmarkedDirectoryIsOfAnotherDatabaseShouldBeRefusedUntouched() throws IOException {
		writeSome(true, true);
		Files.delete(this.local.resolve("database.json"));
		List<String> before = content();
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open(store("mistyped")))
			.withMessageContaining(this.local.toString());
		assertThat(content()).isEqualTo(before);
		try (S4DB db = open(this.store)) {
			assertThat(db.get("pending")).isEqualTo("value");
		}
	}

	@Test
	void whenThePrefixWasEmptiedAndWrittenAnewShouldKeepWhatIsPending() throws IOException {
		writeSome(true, true);
		for (boolean anew : new boolean[] { false, true }) {
			try (Stream<Path> objects = Files.list(this.folder.resolve("bucket"))) {
				for (Path object : objects.toList()) {
					Files.delete(object);
				}
			}
			if (anew) {
				try (S4DB db = S4DBEngine.open(this.store)) {
					db.put("other", "value");
					db.upload();
				}
			}
			List<String> before = content();
			assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open(this.store))
				.withMessageContaining(this.local.toString())
				.withMessageContaining("emptied")
				.satisfies((ex) -> assertThat(ex instanceof ForeignDirectoryException).isEqualTo(anew));
			assertThat(content()).isEqualTo(before);
		}
	}

	@Test
	void whenNothingIsInItShouldServeTheNextDatabaseThere() throws IOException {
		try (S4DB db = open(this.store)) {
			db.put("a", "b");
			db.upload();
		}
		for (String name : List.of("data_000001.s4db", "index.idx")) {
			Files.deleteIfExists(this.local.resolve(name));
		}
		try (Stream<Path> objects = Files.list(this.folder.resolve("bucket"))) {
			for (Path object : objects.toList()) {
				Files.delete(object);
			}
		}
		try (S4DB db = open(this.store)) {
			assertThat(db.size()).isZero();
		}
	}

	@Test
	void whenAReaderOpensItShouldLeaveNoTrace() throws IOException {
		writeSome(true, true);
		Files.delete(this.local.resolve("LOCK"));
		Files.writeString(this.local.resolve("data_000009.s4db"), "damaged");
		Files.writeString(this.local.resolve("half.tmp"), "written");
		List<String> before = content();
		try (S4DB db = S4DBEngine.open(this.store, options().mode(Mode.READ_ONLY).build())) {
			assertThat(db.get("committed")).isEqualTo("value");
			assertThat(db.get("pending")).isNull();
			db.refresh();
			db.flush();
			db.verify();
			assertThat(content()).isEqualTo(before);
			assertThat(this.local.resolve("LOCK")).doesNotExist();
		}
		assertThat(content()).isEqualTo(before);
		assertThat(this.local.resolve("LOCK")).doesNotExist();
	}

	@Test
	void whenAReaderOpensItShouldNotKeepTheWriterOut() throws IOException {
		writeSome(true, true);
		try (S4DB reader = S4DBEngine.open(this.store, options().mode(Mode.READ_ONLY).build());
				S4DB writer = open(this.store)) {
			assertThat(writer.get("pending")).isEqualTo("value");
			writer.upload();
			writer.compact();
			reader.refresh();
			assertThat(reader.get("pending")).isEqualTo("value");
			assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(reader::download);
		}
	}

	@Test
	void whenAReaderDownloadsShouldDeleteNothingThatItDidNotMake() throws IOException {
		writeSome(true, true);
		Files.delete(this.local.resolve("data_000001.s4db"));
		List<String> before = content();
		try (S4DB db = S4DBEngine.open(this.store, options().mode(Mode.READ_ONLY).build())) {
			assertThat(db.download().dataFiles()).isEqualTo(1);
		}
		assertThat(content()).containsAll(before);
		try (S4DB db = open(this.store)) {
			assertThat(db.get("pending")).isEqualTo("value");
		}
	}

	@Test
	void whenAReaderHasADirectoryOfItsOwnShouldKeepItsCopies() throws IOException {
		try (S4DB db = S4DBEngine.open(this.store)) {
			db.put("key", "value");
			db.upload();
		}
		S4DBOptions reading = options().mode(Mode.READ_ONLY).build();
		try (S4DB db = S4DBEngine.open(this.store, reading)) {
			assertThat(this.local).doesNotExist();
			assertThat(db.download().dataFiles()).isEqualTo(1);
		}
		try (S4DB db = S4DBEngine.open(this.store, reading)) {
			assertThat(db.download().dataFiles()).isZero();
			assertThat(db.get("key")).isEqualTo("value");
		}
		assertThat(this.local.resolve("writer.json")).doesNotExist();
	}

	@Test
	void whenTheDirectoryCannotBeMadeShouldSaySoAtOpen() throws IOException {
		Path file = Files.createFile(this.folder.resolve("file"));
		this.local = file.resolve("local");
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open(this.store))
			.withMessageContaining(this.local.toString())
			.withMessageContaining("localDir (s4db.local-dir)");
		this.local = file;
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open(this.store))
			.withMessageContaining(this.local.toString());
	}

	@Test
	void whenTwoOpenBeforeEitherWroteShouldRefuseTheSecond() {
		try (S4DB db = open(this.store)) {
			assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(() -> open(this.store));
			db.put("a", "b");
		}
	}

}
