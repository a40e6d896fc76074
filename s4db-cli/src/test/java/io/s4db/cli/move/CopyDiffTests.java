package io.s4db.cli.move;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.s4db.S4DB;
import io.s4db.cli.Cli;
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
 * Copies are the same, and what is not the same is told.
 */
class CopyDiffTests extends FolderTest {

	@Test
	void whenCopiedShouldBeTheSameAndSound() {
		for (String name : FixtureDatabases.soundNames()) {
			Path from = this.temporary.resolve(name);
			Map<String, String> expected = Databases.fixture(name, from);
			Map<String, String> before = Databases.state(from);
			String to = this.temporary.resolve(name + "-copy").toString();
			assertThat(Cli.run("copy", from.toString(), to).out()).startsWith(Words.count(expected.size(), "key"));
			assertThat(Databases.state(from)).isEqualTo(before);
			// Of nothing there is no copy.
			if (!expected.isEmpty()) {
				assertThat(Cli.run("diff", from.toString(), to).code()).as(name).isZero();
				assertThat(Cli.run("doctor", to, "--deep").code()).as(name).isZero();
			}
		}
	}

	@Test
	void whenTheTargetIsADatabaseShouldAskBeforeItIsOverwritten() {
		Databases.make(this.folder, Map.of("a", "1", "b", "2", "c", "3"));
		Databases.make(Path.of(this.copy), Map.of("b", "2", "c", "4", "d", "5"));
		assertThat(Cli.run("copy", this.place, this.copy).code()).isEqualTo(ExitCode.USAGE);
		assertThat(Cli.run("copy", this.place, this.copy, "--into-existing").code()).isEqualTo(ExitCode.USAGE);
		assertThat(Cli.run("scan", this.copy).lines()).containsExactly("b\t2", "c\t4", "d\t5");
		assertThat(Cli.run("copy", this.place, this.copy, "--dry-run", "--into-existing").out())
			.startsWith("Would copy 3 keys");
		assertThat(Cli.run("copy", this.place, this.copy, "--into-existing", "--yes").out()).startsWith("2 keys");
		assertThat(Cli.run("scan", this.copy).lines()).containsExactly("a\t1", "b\t2", "c\t3", "d\t5");
		assertThat(Cli.run("copy", this.place, this.place).code()).isEqualTo(ExitCode.USAGE);
	}

	@Test
	void whenSomethingIsDamagedShouldCopyNothingOfIt() {
		Databases.fixture("bit-flip", this.folder);
		Cli.Result result = Cli.run("copy", this.place, this.copy);
		assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(result.err()).contains("'s4db doctor'");
		assertThat(Cli.run("delete", this.place, "k5", "--yes").code()).isZero();
		assertThat(Cli.run("copy", this.place, this.copy, "--into-existing", "--yes").code()).isZero();
		assertThat(Cli.run("doctor", this.copy, "--deep").code()).isZero();
		assertThat(Cli.run("diff", this.place, this.copy).code()).isZero();
	}

	@Test
	void whenTheyDifferShouldTellEachKey() {
		Databases.make(this.folder, Map.of("a", "1", "b", "2", "c", "3", "\uFFFF", "x", "🧊", "y"));
		Databases.make(Path.of(this.copy), Map.of("b", "2", "c", "4", "d", "5", "🧊", "y"));
		Cli.Result diff = Cli.run("diff", this.place, this.copy, "--ordered");
		assertThat(diff.code()).isEqualTo(ExitCode.FOUND);
		assertThat(diff.lines()).containsExactly("- a", "~ c", "+ d", "- \uFFFF");
		assertThat(Cli.run("diff", this.place, this.copy).lines()).containsExactlyInAnyOrder("- a", "~ c", "+ d",
				"- \uFFFF");
		assertThat(diff.err()).isEqualTo("1 added, 2 removed, 1 changed, 2 the same\n");
		assertThat(Cli.run("diff", this.place, this.copy, "--values", "--prefix", "c").lines())
			.containsExactly("~ c\t3\t4");
		for (String how : List.of("--ordered", "--json=false")) {
			assertThat(Cli.run("diff", this.place, this.copy, "--keys-only", how).lines())
				.containsExactlyInAnyOrder("- a", "+ d", "- \uFFFF");
		}
		assertThat(Cli.run("diff", this.place, this.copy, "--summary", "--json").json().get("changed").asInt())
			.isEqualTo(1);
		assertThat(
				Cli.run("diff", this.place, this.copy, "--json", "--values", "--ordered").jsonLines().get(1).toString())
			.isEqualTo(
					"{\"change\":\"changed\",\"key\":\"c\",\"before\":{\"value\":\"3\"},\"after\":{\"value\":\"4\"}}");
		assertThat(Cli.run("diff", this.place, this.place).code()).isZero();
		assertThat(Cli.run("diff", this.place).code()).isEqualTo(ExitCode.USAGE);
	}

	@Test
	void whenCommitsFollowedShouldTellWhatTheyChanged() {
		long seq;
		try (DirectoryObjectStore store = new DirectoryObjectStore(this.folder); S4DB db = S4DBEngine.open(store)) {
			db.put(Map.of("a", "1", "b", "2", "c", "3"));
			seq = db.upload().seq();
			db.put("b", "4");
			db.delete("c");
			db.put("d", "5");
		}
		Cli.Result diff = Cli.run("diff", this.place, "--since", String.valueOf(seq), "--values");
		assertThat(diff.code()).isEqualTo(ExitCode.FOUND);
		assertThat(diff.lines()).containsExactly("~ b\t\t4", "~ d\t\t5", "- c\t\t");
		assertThat(Cli.run("diff", this.place, "--since", "9999").code()).isEqualTo(ExitCode.USAGE);
	}

	@Test
	void whenTheLogDoesNotReachBackShouldSaySo() {
		Databases.make(this.folder, Map.of("a", "1"));
		Databases.make(this.folder, Map.of("a", "2"));
		Databases.make(this.folder, Map.of("a", "3"));
		Cli.Result diff = Cli.run("diff", this.place, "--since", "0");
		assertThat(diff.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(diff.err()).contains("does not reach back to commit 0, but to 3;");
		assertThat(Cli.run("diff", this.place, "--since", "3").code()).isEqualTo(ExitCode.FOUND);
	}

}
