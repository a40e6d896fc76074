package io.s4db.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.s4db.CheckpointPolicy;
import io.s4db.CorruptDataException;
import io.s4db.EntryIterator;
import io.s4db.Finding;
import io.s4db.IterationMode;
import io.s4db.MissingIndexException;
import io.s4db.Mode;
import io.s4db.RebuildResult;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.reference.FixtureDatabases.Fixture;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

/**
 * Each operation on each database that the reference wrote gives what
 * {@code fixtures/README.md} says, and what the engine leaves behind the reference reads,
 * rebuilds and compacts to the same.
 */
class FixtureTests {

	private static final String DATA_FILE = "data_000001.s4db";

	/** Where {@code k5} stands in the fixture "bit-flip". */
	private static final long FLIPPED_OFFSET = 244;

	/** Where the half entry begins in the fixture "torn-tail". */
	private static final long TORN_OFFSET = 517;

	@TempDir
	private Path folder;

	static List<String> sound() {
		return FixtureDatabases.soundNames();
	}

	static List<String> readable() {
		List<String> names = new ArrayList<>(FixtureDatabases.soundNames());
		names.add("torn-tail");
		return names;
	}

	// Open and read all

	@ParameterizedTest
	@MethodSource("readable")
	void whenOpenedShouldReadItsContentAndChangeNothing(String name) {
		Fixture fixture = copy(name);
		Map<String, byte[]> before = objects(fixture);
		open(fixture, (database) -> assertContent(database, fixture.expected()));
		assertUnchanged(fixture, before);
	}

	@ParameterizedTest
	@MethodSource("readable")
	void whenOpenedReadOnlyShouldReadItsContentAndChangeNothing(String name) {
		Fixture fixture = copy(name);
		Map<String, byte[]> before = objects(fixture);
		try (ObjectStore store = store(fixture);
				S4DB database = S4DBEngine.open(store,
						S4DBOptions.builder().mode(Mode.READ_ONLY).localDir(local()).build())) {
			assertContent(database, fixture.expected());
		}
		assertUnchanged(fixture, before);
	}

	@ParameterizedTest
	@MethodSource("readable")
	void whenDownloadedShouldReadItsContentWithoutTheBucket(String name) {
		Fixture fixture = copy(name);
		open(fixture, (database) -> {
			database.download();
			long gets = database.stats().requests().gets();
			assertContent(database, fixture.expected());
			assertThat(database.stats().requests().gets()).isEqualTo(gets);
		});
	}

	@Test
	void whenABitIsFlippedShouldFailForThatKeyAloneAndNameTheFile() {
		Fixture fixture = copy("bit-flip");
		open(fixture, (database) -> {
			assertThat(database.keys()).isEqualTo(fixture.expected().keySet());
			for (String key : fixture.expected().keySet()) {
				if (!key.equals("k5")) {
					assertThat(database.get(key)).isEqualTo(fixture.expected().get(key));
				}
			}
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> database.get("k5"))
				.withMessageContaining(DATA_FILE)
				.withMessageContaining(String.valueOf(FLIPPED_OFFSET));
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> database.getAll(List.of("k4", "k5")))
				.withMessageContaining(DATA_FILE);
		});
	}

	@ParameterizedTest
	@EnumSource(IterationMode.class)
	void whenABitIsFlippedShouldFailToIterateAndGiveNoWrongValue(IterationMode mode) {
		Fixture fixture = copy("bit-flip");
		open(fixture, (database) -> {
			try (EntryIterator<String> entries = database.iterate(mode)) {
				assertThatExceptionOfType(CorruptDataException.class)
					.isThrownBy(() -> entries.forEachRemaining((pair) -> assertThat(fixture.expected()).contains(pair)))
					.withMessageContaining(DATA_FILE);
			}
		});
	}

	@ParameterizedTest
	@EnumSource(Mode.class)
	void whenIndexIsLostShouldRefuseToOpenAndOfferARebuild(Mode mode) {
		Fixture fixture = copy("index-lost");
		Map<String, byte[]> before = objects(fixture);
		try (ObjectStore store = store(fixture)) {
			assertThatExceptionOfType(MissingIndexException.class)
				.isThrownBy(() -> S4DBEngine.open(store, S4DBOptions.builder().mode(mode).localDir(local()).build()))
				.withMessageContaining("rebuild");
		}
		assertUnchanged(fixture, before);
	}

	// Rebuild

	@ParameterizedTest
	@MethodSource("sound")
	void whenRebuiltShouldHaveTheSameContentForUsAndTheReference(String name) {
		Fixture fixture = copy(name);
		open(fixture, (database) -> {
			RebuildResult result = database.rebuildIndex();
			assertThat(result.keys()).isEqualTo(fixture.expected().size());
			assertContent(database, fixture.expected());
			database.upload();
		});
		assertEverybodySees(fixture, fixture.expected());
	}

	@Test
	void whenTornTailIsRebuiltShouldGainTheWholeEntryAndReportTheHalf() {
		Fixture fixture = copy("torn-tail");
		Map<String, String> expected = new HashMap<>(fixture.expected());
		expected.put("not-in-index", "whole entry");
		open(fixture, (database) -> {
			assertFound(database.rebuildIndex().findings(), TORN_OFFSET);
			assertContent(database, expected);
		});
		open(fixture, (database) -> assertContent(database, expected));
	}

	@Test
	void whenBitFlipIsRebuiltShouldReportItAndKeepEveryOtherKey() {
		Fixture fixture = copy("bit-flip");
		open(fixture, (database) -> {
			assertFound(database.rebuildIndex().findings(), FLIPPED_OFFSET);
			assertAllButTheFlipped(database, fixture);
		});
		open(fixture, (database) -> assertAllButTheFlipped(database, fixture));
	}

	@Test
	void whenLostIndexIsRebuiltShouldHaveTheExpectedContentForUsAndTheReference() {
		Fixture fixture = copy("index-lost");
		try (ObjectStore store = store(fixture); S4DB database = S4DBEngine.rebuild(store, options())) {
			assertContent(database, fixture.expected());
			database.upload();
		}
		assertEverybodySees(fixture, fixture.expected());
		open(fixture, (database) -> assertThat(database.verify().findings()).isEmpty());
	}

	// Compact

	@ParameterizedTest
	@MethodSource("readable")
	void whenCompactedShouldHaveTheSameContent(String name) {
		Fixture fixture = copy(name);
		open(fixture, (database) -> {
			database.compact();
			assertContent(database, fixture.expected());
		});
		open(fixture, (database) -> assertContent(database, fixture.expected()));
		assertThat(reference(fixture, null).iter(false)).isEqualTo(fixture.expected());
	}

	@ParameterizedTest
	@MethodSource("sound")
	void whenCompactedShouldBeReadAndRebuiltAndCompactedByTheReference(String name) {
		Fixture fixture = copy(name);
		open(fixture, S4DB::compact);
		assertEverybodySees(fixture, fixture.expected());
	}

	@Test
	void whenBitFlipIsCompactedShouldRefuseAndLeaveTheInputsUntouched() {
		Fixture fixture = copy("bit-flip");
		Map<String, byte[]> before = objects(fixture);
		open(fixture, (database) -> {
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(database::compact)
				.withMessageContaining(DATA_FILE)
				.withMessageContaining(String.valueOf(FLIPPED_OFFSET));
			assertThat(database.keys()).isEqualTo(fixture.expected().keySet());
			database.put("after", "the refusal");
			assertThat(database.get("after")).isEqualTo("the refusal");
			database.delete("after");
		});
		assertThat(objects(fixture)).contains(entry(DATA_FILE, before.get(DATA_FILE)));
		open(fixture, (database) -> {
			assertThat(database.keys()).isEqualTo(fixture.expected().keySet());
			assertAllButTheFlipped(database, fixture);
		});
	}

	// Verify

	@ParameterizedTest
	@MethodSource("sound")
	void whenVerifiedShouldBeClean(String name) {
		Fixture fixture = copy(name);
		open(fixture, (database) -> assertThat(database.verify().findings()).isEmpty());
	}

	@Test
	void whenBitFlipIsVerifiedShouldReportFileAndOffset() {
		open(copy("bit-flip"), (database) -> assertFound(database.verify().findings(), FLIPPED_OFFSET));
	}

	@Test
	void whenTornTailIsVerifiedShouldReportFileAndOffset() {
		open(copy("torn-tail"), (database) -> assertFound(database.verify().findings(), TORN_OFFSET));
	}

	// Write

	@ParameterizedTest
	@MethodSource("sound")
	void whenWrittenToShouldHaveTheNewContentForUsAndTheReference(String name) {
		Fixture fixture = copy(name);
		Map<String, String> expected = new HashMap<>(fixture.expected());
		expected.keySet().stream().sorted().limit(2).toList().forEach(expected::remove);
		expected.put("new \u20ac \ud83d\ude00", "value \u20ac");
		expected.put("", "of the empty key");
		expected.put("empty", "");
		open(fixture, (database) -> {
			database.delete(fixture.expected().keySet().stream().sorted().limit(2).toList());
			Map<String, String> changed = new HashMap<>(expected);
			changed.entrySet().removeAll(fixture.expected().entrySet());
			database.put(changed);
			assertContent(database, expected);
		});
		assertEverybodySees(fixture, expected);
	}

	private Fixture copy(String name) {
		return FixtureDatabases.copy(name, this.folder.resolve("bucket"));
	}

	private Path local() {
		return this.folder.resolve("local");
	}

	private static ObjectStore store(Fixture fixture) {
		return new DirectoryObjectStore(fixture.objects());
	}

	/** The reference sees every commit. */
	private S4DBOptions options() {
		return S4DBOptions.builder().localDir(local()).maxFileSize(2048).checkpoint(CheckpointPolicy.ALWAYS).build();
	}

	private void open(Fixture fixture, Consumer<S4DB> use) {
		try (ObjectStore store = store(fixture); S4DB database = S4DBEngine.open(store, options())) {
			use.accept(database);
		}
	}

	private static ReferenceDatabase reference(Fixture fixture, Path localDir) {
		return new ReferenceDatabase(fixture.bucket(), FixtureDatabases.PREFIX, localDir,
				ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
	}

	/** Last, since the reference's compaction changes the bucket. */
	private void assertEverybodySees(Fixture fixture, Map<String, String> expected) {
		open(fixture, (database) -> assertContent(database, expected));
		ReferenceDatabase reference = reference(fixture, this.folder.resolve("reference"));
		assertThat(reference.iter(false)).isEqualTo(expected);
		reference.download();
		reference.rebuildIndex();
		assertThat(reference.iter(true)).isEqualTo(expected);
		reference.compact();
		assertThat(reference(fixture, null).iter(false)).isEqualTo(expected);
		open(fixture, (database) -> assertContent(database, expected));
	}

	private static void assertContent(S4DB database, Map<String, String> expected) {
		assertThat(database.size()).isEqualTo(expected.size());
		assertThat(database.keys()).isEqualTo(expected.keySet());
		expected.forEach((key, value) -> assertThat(database.get(key)).as("%s", key).isEqualTo(value));
		assertThat(database.get("no such key")).isNull();
		assertThat(database.getAll(expected.keySet())).isEqualTo(expected);
		for (IterationMode mode : IterationMode.values()) {
			Map<String, String> pairs = new HashMap<>();
			try (EntryIterator<String> entries = database.iterate(mode)) {
				entries.forEachRemaining((pair) -> assertThat(pairs.put(pair.getKey(), pair.getValue())).isNull());
			}
			assertThat(pairs).isEqualTo(expected);
		}
	}

	/** The damaged entry is an error or, after a rebuild, absent; never a value. */
	private static void assertAllButTheFlipped(S4DB database, Fixture fixture) {
		fixture.expected().forEach((key, value) -> {
			if (!key.equals("k5")) {
				assertThat(database.get(key)).as(key).isEqualTo(value);
			}
		});
		if (database.containsKey("k5")) {
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> database.get("k5"));
		}
		else {
			assertThat(database.get("k5")).isNull();
		}
	}

	private static void assertFound(List<Finding> findings, long offset) {
		assertThat(findings).anySatisfy((finding) -> {
			assertThat(finding.object()).isEqualTo(DATA_FILE);
			assertThat(finding.offset()).isEqualTo(offset);
			assertThat(finding.problem()).isNotBlank();
		});
	}

	private static Map<String, byte[]> objects(Fixture fixture) {
		Map<String, byte[]> objects = new TreeMap<>();
		try (Stream<Path> files = Files.list(fixture.objects())) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				objects.put(file.getFileName().toString(), Files.readAllBytes(file));
			}
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
		return objects;
	}

	private static void assertUnchanged(Fixture fixture, Map<String, byte[]> before) {
		Map<String, byte[]> after = objects(fixture);
		// What a store keeps for itself begins with a dot.
		after.keySet().removeIf((name) -> name.startsWith("."));
		assertThat(after).containsExactlyEntriesOf(before);
	}

}
