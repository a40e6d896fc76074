package io.s4db.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.s4db.reference.FixtureDatabases.Fixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * That {@link ReferenceDatabase} does what the reference does: on databases that the
 * reference wrote, and in its traps.
 */
class ReferenceDatabaseTests {

	private static final String PREFIX = FixtureDatabases.PREFIX;

	@TempDir
	private Path folder;

	private Path bucket;

	private Path local;

	@BeforeEach
	void folders() {
		this.bucket = this.folder.resolve("bucket");
		this.local = this.folder.resolve("local");
	}

	static List<String> sound() {
		return FixtureDatabases.soundNames();
	}

	@ParameterizedTest
	@MethodSource("sound")
	void whenFixtureIsSoundShouldReadAndRebuildAndCompactToItsContent(String name) {
		Fixture fixture = FixtureDatabases.copy(name, this.bucket);
		ReferenceDatabase database = open(this.local);
		assertThat(database.keys()).isEqualTo(fixture.expected().keySet());
		assertThat(database.iter(false)).isEqualTo(fixture.expected());
		assertThat(this.local).doesNotExist();
		assertThat(database.iter(true)).isEqualTo(fixture.expected());
		database.download();
		database.rebuildIndex();
		assertThat(database.iter(false)).isEqualTo(fixture.expected());
		database.compact();
		assertThat(database.iter(false)).isEqualTo(fixture.expected());
		assertThat(open(null).iter(false)).isEqualTo(fixture.expected());
	}

	@ParameterizedTest
	@ValueSource(strings = { "empty", "hello" })
	void whenContentIsWrittenAgainShouldGiveTheReferencesBytes(String name) throws IOException {
		Fixture fixture = FixtureDatabases.copy(name, this.folder.resolve("theirs"));
		ReferenceDatabase database = open(this.local);
		if (!fixture.expected().isEmpty()) {
			database.put(fixture.expected());
		}
		database.upload();
		for (Path theirs : files(fixture.objects())) {
			assertThat(this.bucket.resolve(PREFIX).resolve(theirs.getFileName())).hasSameBinaryContentAs(theirs);
		}
	}

	@Test
	void whenOneBitIsFlippedShouldFailForThatKeyAndForRebuildAndCompact() {
		Fixture fixture = FixtureDatabases.copy("bit-flip", this.bucket);
		ReferenceDatabase database = open(this.local);
		for (String key : fixture.expected().keySet()) {
			if (key.equals("k5")) {
				assertThatThrownBy(() -> database.get("k5")).isInstanceOf(RuntimeException.class);
			}
			else {
				assertThat(database.get(key)).isEqualTo(fixture.expected().get(key));
			}
		}
		database.download();
		assertThatThrownBy(database::rebuildIndex).hasMessageContaining("UTF-8");
		assertThatThrownBy(database::compact).hasMessageContaining("UTF-8");
	}

	@Test
	void whenTailIsTornShouldTakeItForAnEntryInARebuild() {
		Fixture fixture = FixtureDatabases.copy("torn-tail", this.bucket);
		ReferenceDatabase database = open(this.local);
		assertThat(database.iter(false)).isEqualTo(fixture.expected());
		database.download();
		database.rebuildIndex();
		assertThat(database.keys()).containsAll(fixture.expected().keySet()).contains("not-in-index", "torn");
		assertThat(database.get("not-in-index")).isEqualTo("whole entry");
		assertThatThrownBy(() -> database.get("torn")).isInstanceOf(RuntimeException.class);
	}

	@Test
	void whenIndexIsLostShouldOpenEmptyAndFailToDownload() {
		Fixture fixture = FixtureDatabases.copy("index-lost", this.bucket);
		ReferenceDatabase database = open(this.local);
		assertThat(database.keys()).isEmpty();
		// The data files are there before it fails, so that trying on succeeds.
		assertThatThrownBy(database::download).isInstanceOf(RuntimeException.class);
		database.rebuildIndex();
		assertThat(database.iter(false)).isEqualTo(fixture.expected());
		database.upload();
		assertThat(open(null).iter(false)).isEqualTo(fixture.expected());
	}

	@Test
	void whenFileIsFullShouldRollBeforeTheEntryThatPassesTheMaximum() throws IOException {
		int entry = ReferenceFormat.encodeEntry("k1", "v").length;
		int max = ReferenceFormat.HEADER_SIZE + 2 * entry;
		ReferenceDatabase database = new ReferenceDatabase(this.bucket, PREFIX, this.local, max);
		Map<String, String> batch = new LinkedHashMap<>();
		for (int i = 0; i < 5; i++) {
			batch.put("k" + i, "v");
		}
		database.put(batch);
		assertThat(sizes(this.local)).containsExactly(max, max, max - entry);
		database.put(Map.of("k5", "v"));
		assertThat(sizes(this.local)).containsExactly(max, max, max);
		database.put(Map.of("k6", "much longer than any file may be"));
		database.delete(List.of("k0", "absent"));
		assertThat(files(this.local)).hasSize(6);
		assertThat(database.keys()).hasSize(6);
	}

	@Test
	void whenReopenedWithUnsyncedWritesShouldTruncateThem() throws IOException {
		open(this.local).put(Map.of("unsynced", "v"));
		ReferenceDatabase database = open(this.local);
		assertThat(database.keys()).isEmpty();
		database.put(Map.of("k", "v"));
		database.rebuildIndex();
		assertThat(database.keys()).containsExactly("k");
	}

	@Test
	void whenReaderUploadsShouldReplaceANewerIndex() {
		ReferenceDatabase reader = open(null);
		ReferenceDatabase writer = open(this.local);
		writer.put(Map.of("k", "v"));
		writer.upload();
		reader.upload();
		assertThat(open(null).keys()).isEmpty();
	}

	@Test
	void whenIndexHasMoreBytesThanEntriesShouldNotSeeThem() throws IOException {
		Fixture fixture = FixtureDatabases.copy("hello", this.bucket);
		Path index = fixture.objects().resolve("index.idx");
		Files.write(index, ReferenceFormat.concatenate(List.of(Files.readAllBytes(index), new byte[100])));
		assertThat(open(null).iter(false)).isEqualTo(fixture.expected());
	}

	@Test
	void whenCompactedWithoutDirectoryShouldFail() {
		assertThatThrownBy(() -> open(null).compact()).isInstanceOf(IllegalStateException.class);
	}

	@Test
	void whenKeyHasNoUtf8FormShouldLeaveWhatWasWrittenBeforeIt() {
		ReferenceDatabase database = open(this.local);
		Map<String, String> batch = new LinkedHashMap<>();
		batch.put("ghost", "v");
		batch.put("\ud800", "v");
		assertThatThrownBy(() -> database.put(batch)).isInstanceOf(IllegalArgumentException.class);
		assertThat(database.keys()).isEmpty();
		database.rebuildIndex();
		assertThat(database.keys()).containsExactly("ghost");
	}

	private ReferenceDatabase open(Path localDir) {
		return new ReferenceDatabase(this.bucket, PREFIX, localDir, ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
	}

	private static List<Path> files(Path folder) throws IOException {
		try (Stream<Path> files = Files.list(folder)) {
			return files.sorted().toList();
		}
	}

	private static List<Integer> sizes(Path folder) throws IOException {
		return files(folder).stream()
			.filter((file) -> file.toString().endsWith(".s4db"))
			.map((file) -> (int) file.toFile().length())
			.toList();
	}

}
