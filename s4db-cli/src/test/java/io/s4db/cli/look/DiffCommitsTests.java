package io.s4db.cli.look;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.s4db.S4DB;
import io.s4db.cli.Cli;
import io.s4db.cli.Databases;
import io.s4db.cli.FolderTest;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What differs between two commits of a database that is written to.
 */
class DiffCommitsTests extends FolderTest {

	private static final int MANY = 40_000;

	private DirectoryObjectStore store;

	private S4DB db;

	@BeforeEach
	void setUp() {
		this.store = new DirectoryObjectStore(this.folder);
		this.db = S4DBEngine.open(this.store);
		// So many that not each commit writes the index anew.
		Map<String, String> many = new HashMap<>();
		for (int i = 0; i < MANY; i++) {
			many.put("z " + "key ".repeat(8) + i, "value");
		}
		this.db.put(many);
		this.db.upload();
	}

	@AfterEach
	void tearDown() {
		this.db.close();
		this.store.close();
	}

	private String commit(Map<String, String> pairs) {
		this.db.put(pairs);
		return String.valueOf(this.db.upload().seq());
	}

	private Cli.Result diff(String since, String until, String... more) {
		return Cli.run(List.of("diff", this.place, "--since", since, "--until", until), more);
	}

	@Test
	void whenBothStandShouldTellWhatDiffersBetweenThem() {
		String first = commit(Map.of("a", "1", "b", "1", "c", "1", "e", "1"));
		commit(Map.of("a", "2", "b", "2"));
		this.db.delete("c");
		String second = commit(Map.of("b", "1", "d", "1"));
		String third = commit(Map.of("a", "3", "f", "1"));
		Map<String, String> before = Databases.state(this.folder);
		Cli.Result result = diff(first, second, "--values");
		assertThat(result.code()).isEqualTo(ExitCode.FOUND);
		assertThat(result.lines()).containsExactly("~ a\t1\t2", "- c\t1\t", "+ d\t\t1");
		assertThat(result.err()).contains("1 added, 1 removed, 1 changed, 40,002 the same");
		assertThat(diff(first, second, "--keys-only").lines()).containsExactly("- c", "+ d");
		assertThat(diff(first, second, "--prefix", "d").err()).contains("1 added, 0 removed, 0 changed, 0 the same");
		assertThat(diff(second, third, "--json").jsonLines()).hasSize(2);
		assertThat(diff(second, second).code()).isZero();
		assertThat(Databases.state(this.folder)).isEqualTo(before);
	}

	@Test
	void whenItWasCompactedSinceShouldSayThatItDoesNotStand() {
		String first = commit(Map.of("a", "1", "b", "1"));
		String second = commit(Map.of("a", "2", "c", "1"));
		this.db.compact();
		Cli.Result result = diff(first, second);
		assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(result.err()).contains("does not stand any more").hasLineCount(1);
	}

	@Test
	void whenOneDoesNotStandShouldSayWhichDo() {
		String first = commit(Map.of("a", "1"));
		String second = commit(Map.of("a", "2"));
		this.db.checkpoint();
		String third = commit(Map.of("a", "3"));
		assertThat(diff(first, third).code()).isEqualTo(ExitCode.FAILURE);
		assertThat(diff(first, third).err()).contains("Commit " + first, "does not stand any more", "from " + second);
		assertThat(diff(second, third).lines()).containsExactly("~ a");
		assertThat(diff(third, "99").code()).isEqualTo(ExitCode.USAGE);
		assertThat(diff(third, second).code()).isEqualTo(ExitCode.USAGE);
		assertThat(Cli.run("diff", this.place, this.place, "--until", third).code()).isEqualTo(ExitCode.USAGE);
	}

}
