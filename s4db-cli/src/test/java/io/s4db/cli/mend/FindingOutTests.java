package io.s4db.cli.mend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.cli.Cli;
import io.s4db.cli.Databases;
import io.s4db.cli.FolderTest;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is told of a broken place must be true, and lose nothing to whoever does as told.
 */
class FindingOutTests extends FolderTest {

	private void damage(String file, byte[] where) throws IOException {
		Path path = this.folder.resolve(file);
		byte[] bytes = Files.readAllBytes(path);
		String text = new String(bytes, StandardCharsets.ISO_8859_1);
		int at = text.indexOf(new String(where, StandardCharsets.ISO_8859_1));
		assertThat(at).isPositive();
		bytes[at + where.length - 1] ^= 1;
		Files.write(path, bytes);
	}

	private void keep(String name) throws IOException {
		Files.copy(this.folder.resolve(name), this.temporary.resolve(name));
	}

	private void putBack(String name) throws IOException {
		Files.copy(this.temporary.resolve(name), this.folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
	}

	@Test
	void whenAFileOfTombstonesIsMissingShouldNotTellToRebuild() throws IOException {
		Databases.make(this.folder, Map.of("a", "1", "b", "2"));
		assertThat(Cli.run("delete", this.place, "a", "--yes").code()).isZero();
		Files.delete(this.folder.resolve("data_000002.s4db"));
		Cli.Result doctor = Cli.run("doctor", this.place, "--deep");
		assertThat(doctor.code()).isEqualTo(ExitCode.FOUND);
		assertThat(doctor.out())
			.contains("data_000002.s4db is missing; no key has its value there",
					"s4db copy " + this.place + " NEW-PLACE", "1 thing is wrong")
			.doesNotContain("s4db rebuild " + this.place);
		String copy = beside("copy");
		assertThat(Cli.run("copy", this.place, copy).code()).isZero();
		assertThat(Cli.run("keys", copy).lines()).containsExactly("b");
	}

	@Test
	void whenAFileOfValuesIsMissingShouldTellHowManyKeysStandThere() throws IOException {
		Databases.make(this.folder, Map.of("a", "1", "b", "2"));
		Files.delete(this.folder.resolve("data_000001.s4db"));
		assertThat(Cli.run("doctor", this.place).out())
			.contains("data_000001.s4db is missing; the values of 2 keys stand there", "may be back");
	}

	@Test
	void whenAFileIsCutShortShouldTellItsLengthOnce() throws IOException {
		Databases.make(this.folder, Map.of("a", "1", "b", "2"));
		Path file = this.folder.resolve("data_000001.s4db");
		Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), 40));
		assertThat(Cli.run("doctor", this.place, "--deep").out())
			.contains("bytes that it was committed with", "what can be read is kept")
			.doesNotContain("but was committed with");
	}

	@Test
	void whenAFileIsLongerThanItWasShouldBeMendedAsToldToWithoutLoss() throws IOException {
		Databases.make(this.folder, Map.of("a", "1", "b", "2"));
		Files.writeString(this.folder.resolve("data_000001.s4db"), "more", StandardOpenOption.APPEND);
		for (String how : List.of("--deep=false", "--deep")) {
			Cli.Result doctor = Cli.run("doctor", this.place, how);
			assertThat(doctor.code()).isEqualTo(ExitCode.FOUND);
			assertThat(doctor.out()).contains("data_000001.s4db has more than the", "mend: s4db compact " + this.place)
				.contains("1 thing is wrong")
				.doesNotContain("s4db rebuild");
		}
		assertThat(Cli.run("compact", this.place, "--yes").code()).isZero();
		assertThat(Cli.run("doctor", this.place, "--deep").code()).isZero();
		assertThat(pairs()).isEqualTo(Map.of("a", "1", "b", "2"));
	}

	@Test
	void whenAnOlderManifestWasPutBackShouldNotTellToDeleteWhatCameAfter() throws IOException {
		Databases.make(this.folder, Map.of("a", "1"));
		keep("manifest.json");
		keep("index.idx");
		Databases.make(this.folder, Map.of("b", "2"));
		putBack("manifest.json");
		Cli.Result doctor = Cli.run("doctor", this.place);
		assertThat(doctor.code()).isEqualTo(ExitCode.FOUND);
		assertThat(doctor.out())
			.contains("It cannot be opened", "is of a later state than manifest.json",
					"data_000002.s4db, that the manifest does not know", "leave them")
			.doesNotContain("s4db compact", "?.");
		assertThat(Cli.run("info", this.place).out()).contains("WRONG: it is later than the manifest")
			.doesNotContain("garbage");
		putBack("index.idx");
		assertThat(Cli.run("doctor", this.place).out())
			.contains("or commits after its own, if an older manifest.json was put back");
		Files.delete(this.folder.resolve("manifest.json"));
		Files.delete(this.folder.resolve("index.idx"));
		assertThat(Cli.run("rebuild", this.place, "--yes").code()).isEqualTo(ExitCode.FOUND);
		assertThat(Cli.run("keys", this.place).lines()).as("as told").containsExactly("a", "b");
	}

	@Test
	void whenTheManifestIsOfAnotherDatabaseShouldSayMoreThanThatSizesDiffer() throws IOException {
		Databases.make(this.folder, Map.of("x", "other"));
		keep("manifest.json");
		for (String name : List.of("manifest.json", "index.idx", "data_000001.s4db")) {
			Files.delete(this.folder.resolve(name));
		}
		Databases.make(this.folder, Map.of("a", "1"));
		Databases.make(this.folder, Map.of("b", "2"));
		putBack("manifest.json");
		assertThat(Cli.run("doctor", this.place).out()).contains("It cannot be opened", "has not the");
	}

	@Test
	void whenTheIndexIsMissingShouldTellSo() throws IOException {
		Databases.make(this.folder, Map.of("a", "1"));
		Databases.make(this.folder, Map.of("b", "2"));
		Files.delete(this.folder.resolve("index.idx"));
		assertThat(Cli.run("info", this.place).out()).contains("keys           unknown: index.idx is missing",
				"checkpoint     MISSING");
		assertThat(Cli.run("info", this.place, "--json").json().get("indexMissing").asBoolean()).isTrue();
	}

	@Test
	void whenALongKeyIsDamagedShouldNameThatKey() throws IOException {
		String key = "ü".repeat(130) + "'\n";
		Databases.make(this.folder, Map.of(key, "the value", "ü", "another"));
		damage("data_000001.s4db", "the value".getBytes(StandardCharsets.UTF_8));
		String hex = java.util.HexFormat.of().formatHex(key.getBytes(StandardCharsets.UTF_8));
		assertThat(Cli.run("doctor", this.place, "--deep").out())
			.contains("s4db delete " + this.place + " " + hex + " --key-hex");
		assertThat(Cli.run("delete", this.place, hex, "--key-hex", "--yes").code()).isZero();
		assertThat(Cli.run("doctor", this.place, "--deep").out()).doesNotContain("the key");
	}

	@Test
	void whenSeveralLongKeysBeginSoShouldNameNoneOfThem() throws IOException {
		String begin = "k".repeat(200);
		Databases.make(this.folder, new TreeMap<>(Map.of(begin + "1", "the value", begin + "2", "another")));
		damage("data_000001.s4db", "the value".getBytes(StandardCharsets.UTF_8));
		assertThat(Cli.run("doctor", this.place, "--deep").out())
			.contains("one of: s4db keys " + this.place + " --prefix " + begin)
			.doesNotContain("s4db delete");
	}

	@Test
	void whenTheLocalDirectoryIsOfAnotherDatabaseShouldNotTellToUploadItHere() {
		Databases.make(this.folder, Map.of("a", "1"));
		Path other = this.temporary.resolve("other");
		Path local = this.temporary.resolve("local");
		S4DBOptions options = S4DBOptions.builder().localDir(local).uploadOnClose(false).build();
		try (DirectoryObjectStore store = new DirectoryObjectStore(other); S4DB db = S4DBEngine.open(store, options)) {
			db.put("b", "2");
			db.upload();
			db.put("c", "3");
		}
		assertThat(Cli.run("doctor", this.place, "--local-dir", local.toString()).out()).contains("belongs to database",
				"s4db upload THAT-DATABASE --local-dir");
		Cli.Result upload = Cli.run("upload", this.place, "--local-dir", local.toString());
		assertThat(upload.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(upload.err()).contains("it is still in " + local).doesNotContain("Commit it with");
		assertThat(Cli.run("upload", other.toString(), "--local-dir", local.toString()).code()).isZero();
		assertThat(Cli.run("keys", other.toString()).lines()).containsExactly("b", "c");
	}

	@Test
	void whenThePlaceIsReachedByOptionsShouldRepeatThem() throws IOException {
		use("my bucket");
		Databases.make(this.folder, Map.of("a", "1"));
		Databases.make(this.folder, Map.of("b", "2"));
		Files.delete(this.folder.resolve("index.idx"));
		assertThat(Cli.run("doctor", this.place, "--endpoint", "http://localhost:9000", "--profile", "my own").out())
			.contains(
					"s4db rebuild '" + this.place + "' --endpoint http://localhost:9000 --profile 'my own' --dry-run");
	}

	@Test
	void whenThereIsNoDatabaseShouldNotSayThatItIsDone() {
		for (List<String> command : List.of(List.of("delete", this.place, "a", "--yes"), List.of("bench", this.place),
				List.of("download", this.place, "--local-dir", beside("local")))) {
			Cli.Result result = Cli.run(command);
			assertThat(result.code()).as(command.get(0)).isEqualTo(ExitCode.FOUND);
			assertThat(result.err()).as(command.get(0)).contains("There is no database in");
			assertThat(result.out()).isEmpty();
		}
		assertThat(this.folder).doesNotExist();
	}

	@Test
	void whenKeysArePrintedShouldBeReadAsTheyWere() {
		Map<String, String> pairs = Map.of("a\tb", "tab", "a\\tb", "backslash", "\u001b[31m", "red", "ü", "text");
		Databases.make(this.folder, pairs);
		byte[] keys = Cli.run("keys", this.place).bytes();
		assertThat(Cli.runWith(keys, "", "getall", this.place, "--from-file", "-").lines()).hasSize(4);
		byte[] tab = "a\\tb\n".getBytes(StandardCharsets.UTF_8);
		assertThat(Cli.runWith(tab, "", "delete", this.place, "--from-file", "-", "--yes").code()).isZero();
		assertThat(Cli.run("get", this.place, "a\\tb").out()).isEqualTo("backslash\n");
		assertThat(Cli.run("get", this.place, "a\tb").code()).isEqualTo(ExitCode.FOUND);
		byte[] none = "C:\\dir\n".getBytes(StandardCharsets.UTF_8);
		assertThat(Cli.runWith(none, "", "delete", this.place, "--from-file", "-", "--yes").code())
			.isEqualTo(ExitCode.USAGE);
	}

	@Test
	void whenBase64IsMistypedShouldChangeNoKey() {
		Databases.make(this.folder, Map.of("", "of the empty key"));
		assertThat(Cli.run("delete", this.place, "*!", "--key-base64", "--yes").code()).isEqualTo(ExitCode.USAGE);
		assertThat(Cli.run("put", this.place, "a", "*!", "--base64").code()).isEqualTo(ExitCode.USAGE);
		assertThat(Cli.run("get", this.place, "").out()).isEqualTo("of the empty key\n");
	}

	@Test
	void whenAValueHasBackslashesShouldShowThemAsTheyAre() {
		Databases.make(this.folder, Map.of("a", "C:\\temp\\new\ta\\\\b"));
		assertThat(Cli.runWith(new byte[0], "1", "get", this.place, "a").out()).isEqualTo("C:\\temp\\new\ta\\\\b\n");
	}

	@Test
	void whenTriedOnlyShouldPrintJsonWhereThatIsAskedFor() {
		Databases.make(this.folder, Map.of("a", "1"));
		assertThat(Cli.run("compact", this.place, "--dry-run", "--json").json().get("inputFiles").asInt()).isEqualTo(1);
		assertThat(Cli.run("export", this.place, "--dry-run", "--json").json().get("keys").asInt()).isEqualTo(1);
		assertThat(Cli.run("delete", this.place, "a", "--dry-run", "--json").json().get("wouldDelete").asInt())
			.isEqualTo(1);
		String copy = beside("copy");
		assertThat(Cli.run("copy", this.place, copy, "--dry-run", "--json").json().get("keys").asInt()).isEqualTo(1);
	}

	@Test
	void whenAFileIsCompressedInAnotherWayShouldTellThePipe() throws IOException {
		Databases.make(this.folder, Map.of("a", "1"));
		String file = beside("all.ndjson.zst");
		Cli.Result export = Cli.run("export", this.place, file);
		assertThat(export.code()).isEqualTo(ExitCode.USAGE);
		assertThat(export.err()).contains("zstd -dc FILE | s4db import DB -");
		byte[] zstd = java.util.HexFormat.of().parseHex("28b52ffd2400010000");
		Cli.Result piped = Cli.runWith(zstd, "", "import", this.place, "-");
		assertThat(piped.code()).isEqualTo(ExitCode.USAGE);
		assertThat(piped.err()).contains("is compressed by zstd").hasLineCount(1);
		assertThat(Cli.runWith(new byte[0], "", "import", this.place, "-").code()).isZero();
	}

	@Test
	void whenTheCommandIsMistypedShouldSayWhichThereIs() {
		assertThat(Cli.run("uploads", this.place).err()).contains("There is no command 'uploads'", "'upload'");
		assertThat(Cli.run("get", "s3:/bucket/db", "a").code()).isEqualTo(ExitCode.USAGE);
	}

}
