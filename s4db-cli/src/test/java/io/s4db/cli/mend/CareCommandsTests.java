package io.s4db.cli.mend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.s4db.IndexMode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.cli.Cli;
import io.s4db.cli.Commands;
import io.s4db.cli.Databases;
import io.s4db.cli.FolderTest;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Words;
import io.s4db.engine.S4DBEngine;
import io.s4db.reference.FixtureDatabases;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands that find out what is wrong, and those that mend it.
 */
class CareCommandsTests extends FolderTest {

	@Test
	void whenNothingIsWrongShouldSaySo() {
		for (String name : FixtureDatabases.soundNames()) {
			Path copy = this.temporary.resolve(name);
			Databases.fixture(name, copy);
			Map<String, String> before = Databases.state(copy);
			Cli.Result doctor = Cli.run("doctor", copy.toString(), "--deep");
			assertThat(doctor.code()).as(name + doctor.out()).isZero();
			assertThat(Cli.run("verify", copy.toString()).code()).isZero();
			assertThat(Databases.state(copy)).isEqualTo(before);
		}
	}

	@Test
	void whenAValueIsDamagedShouldNameWhatMendsIt() {
		Map<String, String> expected = new TreeMap<>(Databases.fixture("bit-flip", this.folder));
		assertThat(Cli.run("verify", this.place).code()).isEqualTo(ExitCode.FOUND);
		assertThat(Cli.run("verify", this.place, "--json").json().get("findings").get(0).get("offset").asLong())
			.isPositive();
		Cli.Result doctor = Cli.run("doctor", this.place, "--deep");
		assertThat(doctor.code()).isEqualTo(ExitCode.FOUND);
		assertThat(doctor.out()).contains("the key \"k5\"", "s4db put " + this.place + " k5 VALUE",
				"s4db delete " + this.place + " k5");
		assertThat(Cli.run("put", this.place, "k5", "again").code()).isZero();
		expected.put("k5", "again");
		assertThat(pairs()).isEqualTo(expected);
		assertThat(Cli.run("doctor", this.place, "--deep").out()).doesNotContain("k5");
	}

	@Test
	void whenAFileEndsWithinAnEntryShouldBeMendedAsToldTo() {
		Map<String, String> expected = Databases.fixture("torn-tail", this.folder);
		assertThat(Cli.run("doctor", this.place, "--deep").out()).contains("s4db compact " + this.place);
		assertThat(Cli.run("compact", this.place, "--yes").code()).isZero();
		assertThat(Cli.run("doctor", this.place, "--deep").code()).isZero();
		assertThat(pairs()).isEqualTo(new TreeMap<>(expected));
	}

	@Test
	void whenTheIndexIsLostShouldBeRebuiltAsToldTo() {
		Map<String, String> expected = Databases.fixture("index-lost", this.folder);
		Map<String, String> before = Databases.state(this.folder);
		assertThat(Cli.run("doctor", this.place).out()).contains("s4db rebuild " + this.place);
		assertThat(Cli.run("rebuild", this.place, "--dry-run").out())
			.contains(Words.count(expected.size(), "key") + " in 3 data files");
		assertThat(Cli.run("rebuild", this.place).code()).isEqualTo(ExitCode.USAGE);
		assertThat(Databases.state(this.folder)).isEqualTo(before);
		Cli.Result rebuilt = Cli.run("rebuild", this.place, "--yes", "--json");
		assertThat(rebuilt.json().get("keys").asInt()).isEqualTo(expected.size());
		assertThat(pairs()).isEqualTo(new TreeMap<>(expected));
		assertThat(Cli.run("doctor", this.place, "--deep").code()).isZero();
	}

	@Test
	void whenTheManifestIsDamagedShouldBeRebuiltAsToldTo() throws IOException {
		Databases.make(this.folder, Map.of("a", "1", "b", "2"));
		Path manifest = this.folder.resolve("manifest.json");
		Files.writeString(manifest, Files.readString(manifest).replace("\"epoch\"", "\"epoCh\""));
		Cli.Result info = Cli.run("info", this.place);
		assertThat(info.out()).contains("the manifest cannot be read");
		assertThat(Cli.run("doctor", this.place).out()).contains("WRONG  manifest.json cannot be read", "s4db rebuild");
		assertThat(Cli.run("get", this.place, "a").code()).isEqualTo(ExitCode.FAILURE);
		assertThat(Cli.run("rebuild", this.place, "--yes").code()).isEqualTo(ExitCode.FOUND);
		assertThat(pairs()).isEqualTo(Map.of("a", "1", "b", "2"));
	}

	@Test
	void whenADataFileIsMissingShouldBeSentAgainAsToldTo() throws IOException {
		Path local = this.temporary.resolve("local");
		try (DirectoryObjectStore store = new DirectoryObjectStore(this.folder);
				S4DB db = S4DBEngine.open(store, S4DBOptions.builder().localDir(local).build())) {
			db.put(Map.of("a", "1", "b", "2"));
		}
		Files.delete(this.folder.resolve("data_000001.s4db"));
		Cli.Result doctor = Cli.run("doctor", this.place);
		assertThat(doctor.code()).isEqualTo(ExitCode.FOUND);
		assertThat(doctor.out()).contains("data_000001.s4db is missing", "s4db upload " + this.place);
		assertThat(Cli.run("info", this.place).out()).contains("1 MISSING");
		assertThat(Cli.run("files", this.place).code()).isEqualTo(ExitCode.FOUND);
		assertThat(Cli.run("upload", this.place, "--local-dir", local.toString(), "--all").code()).isZero();
		assertThat(Cli.run("doctor", this.place, "--deep").code()).isZero();
		assertThat(pairs()).isEqualTo(Map.of("a", "1", "b", "2"));
	}

	@Test
	void whenADataFileIsCutShortShouldKeepWhatCanBeRead() throws IOException {
		Databases.make(this.folder, Map.of("a", "1"));
		Databases.make(this.folder, new TreeMap<>(Map.of("b", "2", "c", "3")));
		Path file = this.folder.resolve("data_000002.s4db");
		byte[] bytes = Files.readAllBytes(file);
		// The batch mark and one entry, and a part of the second.
		Files.write(file, Arrays.copyOf(bytes, 9 + 13 + 12 + 9 + 16 + 8));
		Cli.Result doctor = Cli.run("doctor", this.place);
		assertThat(doctor.out()).contains("data_000002.s4db has not the " + bytes.length + " bytes", "s4db rebuild");
		assertThat(Cli.run("rebuild", this.place, "--yes").code()).isEqualTo(ExitCode.FOUND);
		assertThat(pairs()).containsEntry("a", "1");
		assertThat(Cli.run("doctor", this.place, "--deep").out()).contains("s4db compact");
		assertThat(Cli.run("compact", this.place, "--yes").code()).isZero();
		assertThat(Cli.run("doctor", this.place, "--deep").code()).isZero();
	}

	@Test
	void whenTheIndexOfTheCheckpointIsMissingShouldBeRebuiltAsToldTo() throws IOException {
		Databases.make(this.folder, Map.of("a", "1"));
		Databases.make(this.folder, Map.of("b", "2"));
		Files.delete(this.folder.resolve("index.idx"));
		assertThat(Cli.run("doctor", this.place).out()).contains("index.idx is missing", "s4db rebuild " + this.place);
		assertThat(Cli.run("rebuild", this.place, "--yes").code()).isZero();
		assertThat(pairs()).isEqualTo(Map.of("a", "1", "b", "2"));
		assertThat(Cli.run("doctor", this.place, "--deep").code()).isZero();
	}

	@Test
	void whenTheLogBuildsOnABaseShouldTellOfItAndMissIt() throws IOException {
		S4DBOptions options = S4DBOptions.builder().indexMode(IndexMode.PAGED).indexMemory(8 << 10).build();
		try (DirectoryObjectStore store = new DirectoryObjectStore(this.folder);
				S4DB db = S4DBEngine.open(store, options)) {
			for (int i = 0; i < 3; i++) {
				Map<String, String> some = new HashMap<>();
				for (int key = 0; key < 700; key++) {
					some.put("key " + i + " " + key, "value");
				}
				db.put(some);
				db.upload();
				db.checkpoint();
			}
		}
		Map<String, String> before = Databases.state(this.folder);
		Path base = this.folder.resolve(Cli.run("info", this.place, "--json").json().get("base").asString());
		assertThat(Cli.run("info", this.place).out()).contains("as a base, " + base.getFileName())
			.doesNotContain("other objects");
		assertThat(Cli.run("info", this.place, "--json").json().get("keysAtCheckpoint").asInt()).isEqualTo(2_100);
		assertThat(Cli.run("files", this.place).out()).contains(base.getFileName() + "  base, commit ");
		assertThat(Cli.run("doctor", this.place, "--deep").out()).startsWith("Nothing is wrong");
		assertThat(Cli.run("keys", this.place, "--count").out()).isEqualTo("2100\n");
		assertThat(Databases.state(this.folder)).isEqualTo(before);
		Files.delete(base);
		assertThat(Cli.run("doctor", this.place).out()).contains(base.getFileName() + " is missing", "s4db rebuild");
		assertThat(Cli.run("rebuild", this.place, "--yes").code()).isZero();
		assertThat(Cli.run("doctor", this.place, "--deep").code()).isZero();
		assertThat(Cli.run("keys", this.place, "--count").out()).isEqualTo("2100\n");
	}

	@Test
	void whenALaterReleaseWroteItShouldNotTellToRebuild() throws IOException {
		Databases.make(this.folder, Map.of("a", "1"));
		Path manifest = this.folder.resolve("manifest.json");
		Files.writeString(manifest, Files.readString(manifest).replace("\"format\" : 2", "\"format\" : 99"));
		Cli.Result doctor = Cli.run("doctor", this.place);
		assertThat(doctor.out()).contains("written by a later release").doesNotContain("s4db rebuild");
		assertThat(Cli.run("rebuild", this.place, "--yes").code()).isEqualTo(ExitCode.FAILURE);
	}

	@Test
	void whenAnApplicationWasKilledShouldTellWhatIsPending() {
		Databases.make(this.folder, Map.of("a", "1"));
		Path local = this.temporary.resolve("local");
		S4DBOptions options = S4DBOptions.builder().localDir(local).uploadOnClose(false).build();
		try (DirectoryObjectStore store = new DirectoryObjectStore(this.folder)) {
			try (S4DB db = S4DBEngine.open(store, options)) {
				db.put("b", "2");
				assertThat(Cli.run("doctor", this.place, "--local-dir", local.toString()).out()).contains("is in use");
			}
		}
		Map<String, String> before = Databases.state(this.temporary);
		Cli.Result doctor = Cli.run("doctor", this.place, "--local-dir", local.toString());
		assertThat(doctor.code()).isEqualTo(ExitCode.FOUND);
		assertThat(doctor.out()).contains("may not be committed",
				"s4db upload " + this.place + " --local-dir " + local);
		assertThat(Databases.state(this.temporary)).isEqualTo(before);
		assertThat(Cli.run("upload", this.place, "--local-dir", local.toString()).code()).isZero();
		assertThat(pairs()).isEqualTo(Map.of("a", "1", "b", "2"));
		assertThat(Cli.run("doctor", this.place, "--local-dir", local.toString()).code()).isZero();
	}

	@Test
	void whenCompactedShouldHaveNoGarbage() {
		Map<String, String> many = new HashMap<>();
		for (int i = 0; i < 200; i++) {
			many.put("key" + i, "value" + i);
		}
		Databases.make(this.folder, many);
		many.replaceAll((key, value) -> value + "!");
		Databases.make(this.folder, many);
		assertThat(Cli.run("compact", this.place).code()).isEqualTo(ExitCode.USAGE);
		assertThat(Cli.run("compact", this.place, "--dry-run").out()).contains("all 2 data files");
		for (List<String> how : List.of(List.of("--garbage-share", "0.4"), List.of("--sorted"), List.<String>of())) {
			assertThat(Cli.run(List.of("compact", this.place, "--yes", "--json"), how.toArray(String[]::new))
				.json()
				.get("inputFiles")
				.asInt()).isPositive();
			assertThat(pairs()).isEqualTo(new TreeMap<>(many));
		}
		assertThat(Cli.run("stats", this.place, "--json").json().get("garbageBytes").asLong()).isLessThan(4_000);
		assertThat(Cli.run("info", this.place).out()).contains("obsolete       ");
		assertThat(Cli.run("compact", this.place, "--garbage-share", "7").code()).isEqualTo(ExitCode.USAGE);
		assertThat(Cli.run("compact", this.place, "--retention", "soon").code()).isEqualTo(ExitCode.USAGE);
	}

	@Test
	void whenDownloadedShouldNotFetchAgain() {
		Databases.make(this.folder, Map.of("a", "1"));
		String local = beside("local");
		Map<String, String> before = Databases.state(this.folder);
		assertThat(Cli.run("download", this.place, "--local-dir", local, "--json").json().get("dataFiles").asInt())
			.isEqualTo(1);
		assertThat(Cli.run("download", this.place, "--local-dir", local, "--json").json().get("dataFiles").asInt())
			.isZero();
		assertThat(Databases.state(this.folder)).isEqualTo(before);
	}

	@Test
	void whenACheckpointIsWrittenShouldHaveEverything() {
		Databases.fixture("hello", this.folder);
		assertThat(Cli.run("put", this.place, "a", "1").code()).isZero();
		assertThat(Cli.run("checkpoint", this.place).out()).contains("2 keys");
		assertThat(Cli.run("info", this.place).out()).contains("the checkpoint has everything");
	}

	@Test
	void whenThereIsNothingShouldMakeNothing() {
		for (String command : List.of("doctor", "rebuild", "checkpoint", "compact", "log", "files")) {
			assertThat(Cli.run(command, this.place).code()).as(command).isEqualTo(ExitCode.FOUND);
		}
		assertThat(this.folder).doesNotExist();
	}

}
