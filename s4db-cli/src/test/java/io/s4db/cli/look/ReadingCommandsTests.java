package io.s4db.cli.look;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.s4db.cli.Cli;
import io.s4db.cli.Commands;
import io.s4db.cli.Databases;
import io.s4db.cli.FolderTest;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.reference.FixtureDatabases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands that read: they show what is there, and leave it as it is.
 */
class ReadingCommandsTests extends FolderTest {

	static Stream<String> sound() {
		return FixtureDatabases.soundNames().stream();
	}

	static Stream<String> all() {
		return FixtureDatabases.names().stream();
	}

	@ParameterizedTest
	@MethodSource("sound")
	void whenTheReferenceWroteItShouldGiveEachValue(String name) {
		Map<String, String> expected = Databases.fixture(name, this.folder);
		Map<String, Object> before = new LinkedHashMap<>(Databases.state(this.folder));
		assertThat(pairs()).isEqualTo(new TreeMap<>(expected));
		Cli.Result keys = Cli.run("keys", this.place, "--json");
		assertThat(keys.jsonLines().stream().map((key) -> key.asString()))
			.containsExactlyInAnyOrderElementsOf(expected.keySet());
		assertThat(Cli.run("stats", this.place, "--json").json().get("keys").asLong()).isEqualTo(expected.size());
		assertThat(Cli.run("info", this.place, "--json").json().get("keysAtCheckpoint").asLong())
			.isEqualTo(expected.size());
		assertThat(Databases.state(this.folder)).isEqualTo(before);
	}

	@ParameterizedTest
	@MethodSource("all")
	void whenLookedAtShouldTellWithoutOpening(String name) {
		Databases.fixture(name, this.folder);
		Map<String, String> before = Databases.state(this.folder);
		for (String command : List.of("info", "log", "files")) {
			Cli.Result result = Cli.run(command, this.place);
			assertThat(result.code()).as(command + result.err()).isZero();
			assertThat(result.out()).isNotEmpty();
		}
		assertThat(Cli.run("info", this.place).out().lines()).as("a screen").hasSizeLessThan(24);
		assertThat(Databases.state(this.folder)).isEqualTo(before);
	}

	@Test
	void whenItIsOfThisLibraryShouldTellWhatTheManifestKnows() {
		Databases.make(this.folder, Map.of("a", "1", "b", "2"));
		Cli.Result info = Cli.run("info", this.place);
		assertThat(info.out()).contains("s4db for Java, commit", "keys           2", "to open", "last commits");
		assertThat(Cli.run("log", this.place, "--json").jsonLines().get(0).get("writer").asString()).isNotEmpty();
		assertThat(Cli.run("files", this.place).out()).contains("manifest.json", "data_000001.s4db", "data");
	}

	@Test
	void whenItIsForProgramsShouldTellWhatIsToldToPeople() throws IOException {
		Databases.make(this.folder.resolve("orders"), Map.of("a", "1"));
		assertThat(Cli.run("info", this.place, "--json").json().get("below").get(0).asString())
			.isEqualTo(this.folder.resolve("orders").toString());
		use("bucket/orders");
		JsonNode get = Cli.run("info", this.place, "--json").json().get("toGet");
		assertThat(get.get("gets").asInt()).isEqualTo(1);
		assertThat(get.get("bytes").asLong()).isPositive();
		assertThat(Cli.run("info", this.place).out()).contains("to open        2 GETs", "$0.40 a million");
		Files.write(this.folder.resolve("index.idx"), new byte[0]);
		Files.write(this.folder.resolve("manifest.json"), new byte[0]);
		JsonNode broken = Cli.run("info", this.place, "--json").json();
		assertThat(broken.get("manifestProblem").asString()).contains("manifest.json is damaged");
		assertThat(broken.get("indexProblem").asString()).contains("index.idx is cut short");
		assertThat(Cli.run("info", this.place).out()).contains("to open        it cannot be: 's4db doctor'");
	}

	@Test
	void whenNothingIsThereShouldSaySo() {
		Cli.Result info = Cli.run("info", this.place);
		assertThat(info.code()).isEqualTo(ExitCode.FOUND);
		assertThat(info.out()).contains("there is no database here");
		assertThat(this.folder).doesNotExist();
	}

	@Test
	void whenThePlaceIsWrongShouldSaySoAndWhatIsBelow() {
		Databases.make(this.folder.resolve("orders"), Map.of("a", "1"));
		for (String command : List.of("get", "keys", "scan", "stats", "export", "verify")) {
			Cli.Result result = command.equals("get") ? Cli.run(command, this.place, "a")
					: Cli.run(command, this.place);
			assertThat(result.code()).as(command).isEqualTo(ExitCode.FOUND);
			assertThat(result.err()).contains("There is no database in").hasLineCount(1);
		}
		assertThat(Cli.run("info", this.place).out()).contains("below          " + this.folder.resolve("orders"));
	}

	@Test
	void whenTheKeyIsThereShouldPrintItsValue() {
		Databases.make(this.folder, Map.of("a", "zwei\nZeilen"));
		assertThat(Cli.run("get", this.place, "a").out()).isEqualTo("zwei\nZeilen\n");
		assertThat(Cli.run("get", this.place, "a", "--raw").out()).isEqualTo("zwei\nZeilen");
		assertThat(Cli.run("get", this.place, "a", "--hex").out()).isEqualTo("7a7765690a5a65696c656e\n");
		assertThat(Cli.run("get", this.place, "61", "--key-hex", "--json").json().get("value").asString())
			.isEqualTo("zwei\nZeilen");
	}

	@Test
	void whenTheKeyIsNotThereShouldEndWithOne() {
		Databases.make(this.folder, Map.of("a", "1"));
		Cli.Result result = Cli.run("get", this.place, "b");
		assertThat(result.code()).isEqualTo(ExitCode.FOUND);
		assertThat(result.err()).isEqualTo("s4db: There is no key 'b'\n");
		assertThat(result.out()).isEmpty();
	}

	@Test
	void whenSomeKeysAreNotThereShouldPrintTheOthers() {
		Databases.make(this.folder, Map.of("a", "1", "b\t", "2\\"));
		Cli.Result result = Cli.run("getall", this.place, "a", "x", "b\t");
		assertThat(result.code()).isEqualTo(ExitCode.FOUND);
		assertThat(result.out()).isEqualTo("a\t1\nb\\t\t2\\\\\n");
		assertThat(result.err()).contains("1 of 3 keys have no value, such as 'x'");
		assertThat(
				Cli.runWith("a\n".getBytes(StandardCharsets.UTF_8), "", "getall", this.place, "--from-file", "-").out())
			.isEqualTo("a\t1\n");
	}

	@Test
	void whenARangeIsAskedForShouldGiveThat() {
		Databases.make(this.folder, Map.of("a1", "1", "a2", "2", "a3", "3", "b1", "4"));
		assertThat(Cli.run("keys", this.place, "--prefix", "a").lines()).containsExactly("a1", "a2", "a3");
		assertThat(Cli.run("keys", this.place, "--from", "a2", "--to", "b1").lines()).containsExactly("a2", "a3");
		assertThat(Cli.run("keys", this.place, "--reverse", "-n", "2").lines()).containsExactly("b1", "a3");
		assertThat(Cli.run("keys", this.place, "--prefix", "a", "--from", "a3", "--values").lines())
			.containsExactly("a3\t3");
		assertThat(Cli.run("keys", this.place, "--unordered", "-n", "3").lines()).hasSize(3);
		assertThat(Cli.run("scan", this.place, "--unordered", "--prefix", "b").lines()).containsExactly("b1\t4");
		assertThat(Cli.run("keys", this.place, "--count").lines()).containsExactly("4");
		assertThat(Cli.run("keys", this.place, "--unordered", "--reverse").code()).isEqualTo(ExitCode.USAGE);
	}

	@Test
	void whenAValueWouldSteerTheTerminalShouldEscapeIt() {
		Databases.make(this.folder, Map.of("a", "red \u001b[31m\u202e"));
		assertThat(Cli.runWith(new byte[0], "1", "get", this.place, "a").out()).isEqualTo("red \\u001b[31m\\u202e\n");
		assertThat(Cli.run("get", this.place, "a").out()).isEqualTo("red \u001b[31m\u202e\n");
		assertThat(Cli.run("scan", this.place).out()).isEqualTo("a\tred \\u001b[31m\\u202e\n");
	}

	@Test
	void whenTheIndexIsLostShouldNameTheCommandThatMakesOne() {
		Databases.fixture("index-lost", this.folder);
		Cli.Result result = Cli.run("get", this.place, "a");
		assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(result.err()).contains("'s4db rebuild'").doesNotContain("\tat ").doesNotContain("S4DBEngine");
		assertThat(result.err().lines()).hasSize(1);
	}

	@Test
	void whenABitIsWrongShouldFailForThatKeyOnly() {
		Map<String, String> expected = Databases.fixture("bit-flip", this.folder);
		Cli.Result result = Cli.run("get", this.place, "k5");
		assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(result.err()).contains("data_000001.s4db at offset", "'s4db doctor'").hasLineCount(1);
		assertThat(Cli.run("get", this.place, "k4").out()).isEqualTo(expected.get("k4") + "\n");
	}

	@Test
	void whenDebugIsOnShouldShowTheTrace() {
		Databases.fixture("index-lost", this.folder);
		assertThat(Cli.run("get", this.place, "a", "--debug").err()).contains("\tat io.s4db");
	}

	@Test
	void whenArgumentsAreWrongShouldSayHowTheyAreRight() throws IOException {
		Files.createDirectories(this.folder);
		for (List<String> arguments : List.of(List.of("get", this.place), List.of("nix"),
				List.of("get", "http://bucket", "key"), List.of("keys", this.place, "--limit", "many"),
				List.of("get", "s3:///", "key"), List.of("get", "s3://bucket", "key", "--endpoint", "localhost"),
				List.of("getall", this.place), List.of("get", this.place, "xyz", "--key-hex"))) {
			Cli.Result result = Cli.run(arguments);
			assertThat(result.code()).as(arguments.toString()).isEqualTo(ExitCode.USAGE);
			assertThat(result.err()).startsWith("s4db: ").hasLineCount(1);
			assertThat(result.out()).isEmpty();
		}
	}

	@Test
	void whenACommandIsListedShouldHaveTheNameThatItSays() {
		Commands.all()
			.forEach((name, command) -> assertThat(command.getAnnotation(CommandLine.Command.class).name())
				.isEqualTo(name));
	}

	@Test
	void whenAskedShouldTeach() {
		Cli.Result all = Cli.run("--help");
		assertThat(all.code()).isZero();
		for (String name : Commands.all().keySet()) {
			Cli.Result help = Cli.run(name, "--help");
			assertThat(help.code()).isZero();
			if (!name.equals("warm-up")) {
				assertThat(help.out()).contains("Examples:", "s4db " + name);
				assertThat(all.out()).contains("  " + name);
			}
		}
		assertThat(Cli.run("help", "get").out()).isEqualTo(Cli.run("get", "--help").out());
		assertThat(Cli.run().out()).isEqualTo(all.out());
		assertThat(Cli.run("--version").out()).startsWith("s4db ");
	}

}
