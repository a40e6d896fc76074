package io.s4db.cli.change;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.s4db.cli.Cli;
import io.s4db.cli.Commands;
import io.s4db.cli.Databases;
import io.s4db.cli.FolderTest;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.reference.FixtureDatabases;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands that write: what they say is what they did.
 */
class WritingCommandsTests extends FolderTest {

	@Test
	void whenPutShouldBeCommitted() throws IOException {
		assertThat(Cli.run("put", this.place, "a", "1").code()).isZero();
		assertThat(Cli.run("put", this.place, "b", "00ff", "--hex").code()).isZero();
		Path file = Files.write(this.temporary.resolve("value"), new byte[] { 'x', '\n' });
		assertThat(Cli.run("put", this.place, "c", "--file", file.toString()).code()).isZero();
		assertThat(Cli.runWith("in".getBytes(StandardCharsets.UTF_8), "", "put", this.place, "d", "--file", "-").code())
			.isZero();
		assertThat(Cli.run("put", this.place, "00", "null", "--key-hex").code()).isZero();
		assertThat(Cli.run("scan", this.place).lines()).containsExactly("\\u0000\tnull", "a\t1", "b\t\\u0000\\xff",
				"c\tx\\n", "d\tin");
		assertThat(Cli.run("get", this.place, "b", "--json").json().get("base64").asString()).isEqualTo("AP8=");
		assertThat(Cli.run("get", this.place, "b").code()).isEqualTo(ExitCode.FAILURE);
	}

	@Test
	void whenPutShouldLeaveNoWriterThatIsRemembered() {
		Cli.run("put", this.place, "a", "1");
		Cli.run("put", this.place, "a", "2");
		Cli.run("info", this.place, "--json")
			.json()
			.get("writers")
			.forEach((writer) -> assertThat(writer.get("ended").asBoolean()).isTrue());
	}

	@Test
	void whenTheKeyHasAValueShouldNotPutIfAbsent() {
		Databases.make(this.folder, Map.of("a", "1"));
		assertThat(Cli.run("put", this.place, "a", "2", "--if-absent").code()).isEqualTo(ExitCode.FOUND);
		assertThat(Cli.run("get", this.place, "a").out()).isEqualTo("1\n");
		assertThat(Cli.run("put", this.place, "b", "2", "--if-absent").code()).isZero();
		assertThat(Cli.run("get", this.place, "b").out()).isEqualTo("2\n");
	}

	@Test
	void whenNobodyCanBeAskedShouldNotDelete() {
		Databases.make(this.folder, Map.of("a", "1", "b", "2"));
		Cli.Result result = Cli.run("delete", this.place, "a");
		assertThat(result.code()).isEqualTo(ExitCode.USAGE);
		assertThat(result.err()).contains("Removes 1 key of 2", "--yes");
		assertThat(Cli.run("keys", this.place).lines()).containsExactly("a", "b");
	}

	@Test
	void whenSomebodySaysNoShouldNotDelete() {
		Databases.make(this.folder, Map.of("a", "1"));
		Cli.Result no = Cli.runWith("n\n".getBytes(StandardCharsets.UTF_8), "012", "delete", this.place, "a");
		assertThat(no.code()).isEqualTo(ExitCode.USAGE);
		assertThat(no.err()).contains("Go on? [y/N]", "Nothing was done");
		Cli.Result yes = Cli.runWith("y\n".getBytes(StandardCharsets.UTF_8), "012", "delete", this.place, "a");
		assertThat(yes.code()).isZero();
		assertThat(Cli.run("keys", this.place).lines()).isEmpty();
	}

	@Test
	void whenConfirmedShouldDelete() {
		Databases.make(this.folder, Map.of("a1", "1", "a2", "2", "b", "3"));
		Cli.Result dry = Cli.run("delete", this.place, "--prefix", "a", "--dry-run");
		assertThat(dry.err()).contains("Would remove 2 keys of 3");
		assertThat(Cli.run("keys", this.place).lines()).hasSize(3);
		assertThat(Cli.run("delete", this.place, "--prefix", "a", "--yes").out()).isEqualTo("2 keys removed\n");
		assertThat(Cli.run("delete", this.place, "b", "x", "--yes").code()).isEqualTo(ExitCode.FOUND);
		assertThat(Cli.run("keys", this.place).lines()).isEmpty();
	}

	@Test
	void whenTheReferenceWroteItShouldGoOn() {
		for (String name : FixtureDatabases.soundNames()) {
			Path copy = this.temporary.resolve(name);
			Map<String, String> expected = Databases.fixture(name, copy);
			assertThat(Cli.run("put", copy.toString(), "new", "value").code()).isZero();
			assertThat(Cli.run("stats", copy.toString(), "--json").json().get("keys").asLong())
				.isEqualTo(expected.size() + 1);
		}
	}

	@Test
	void whenTheBucketCannotBeWrittenShouldKeepWhatWasWritten() throws IOException {
		Databases.make(this.folder, Map.of("a", "1"));
		// What the manifest is written to, for a moment, cannot be made.
		Path local = this.temporary.resolve("local");
		Files.delete(this.folder.resolve(".lock"));
		Files.createDirectory(this.folder.resolve(".lock"));
		Cli.Result result = Cli.run("put", this.place, "b", "2", "--local-dir", local.toString());
		assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(result.err()).contains("s4db upload " + this.place + " --local-dir " + local);
		Files.delete(this.folder.resolve(".lock"));
		assertThat(Cli.run("upload", this.place, "--local-dir", local.toString()).out()).contains("1 entry");
		assertThat(Cli.run("get", this.place, "b").out()).isEqualTo("2\n");
	}

}
