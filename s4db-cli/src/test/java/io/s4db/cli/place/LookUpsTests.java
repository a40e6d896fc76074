package io.s4db.cli.place;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import io.s4db.IndexMode;
import io.s4db.Mode;
import io.s4db.RequestCounts;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.cli.Cli;
import io.s4db.cli.Databases;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A look at some keys of a large database reads no more of its index than that takes.
 */
class LookUpsTests {

	private static final int KEYS = 20_000;

	@TempDir
	static Path folder;

	@BeforeAll
	static void makeOnce() {
		S4DBOptions options = S4DBOptions.builder().indexMode(IndexMode.PAGED).indexMemory(64 << 10).build();
		try (DirectoryObjectStore store = new DirectoryObjectStore(folder); S4DB db = S4DBEngine.open(store, options)) {
			for (int first = 0; first < KEYS; first += KEYS / 4) {
				Map<String, String> some = new HashMap<>();
				for (int i = first; i < first + KEYS / 4; i++) {
					some.put(key(i), "value " + i);
				}
				db.put(some);
				db.upload();
				db.checkpoint();
			}
			db.put(key(7), "changed");
			db.delete(key(8));
			db.upload();
		}
	}

	private static String key(int i) {
		return "a key that takes some bytes " + (100_000 + i);
	}

	@Test
	void whenThereIsABaseShouldReadPagesOfIt() {
		Map<String, String> before = Databases.state(folder);
		try (DirectoryObjectStore store = new DirectoryObjectStore(folder);
				S4DB db = LookUps.open(Connection.readOnly(store), 0)) {
			assertThat(db.stats().requests().bytesRead()).isLessThan(KEYS * 5L);
			assertThat(db.get(key(12_345))).isEqualTo("value 12345");
			assertThat(db.get(key(7))).isEqualTo("changed");
			assertThat(db.get(key(8))).isNull();
			long base = db.stats().requests().bytesRead();
			assertThat(base).isLessThan(KEYS * 10L);
			assertThat(db.keys(io.s4db.KeyRange.from(key(19_998))).next()).isEqualTo(key(19_998));
			assertThat(db.size()).isEqualTo(KEYS - 1);
		}
		assertThat(Databases.state(folder)).isEqualTo(before);
	}

	@Test
	void whenTheBaseIsSmallShouldReadItAsAWholeAndTheManifestOnce() {
		RequestCounts whole;
		try (DirectoryObjectStore store = new DirectoryObjectStore(folder);
				S4DB db = S4DBEngine.open(Connection.readOnly(store),
						S4DBOptions.builder().mode(Mode.READ_ONLY).build())) {
			whole = db.stats().requests();
		}
		try (DirectoryObjectStore store = new DirectoryObjectStore(folder);
				S4DB db = LookUps.open(Connection.readOnly(store))) {
			assertThat(db.stats().indexMode()).isEqualTo(IndexMode.MEMORY);
			assertThat(db.stats().requests().gets()).as("besides the manifest").isEqualTo(whole.gets() - 1);
		}
	}

	@Test
	void whenCommandsAreRunShouldGiveWhatTheyGiveOtherwise() {
		assertThat(Cli.run("get", folder.toString(), key(7)).out()).isEqualTo("changed\n");
		assertThat(Cli.run("get", folder.toString(), key(8)).code()).isEqualTo(ExitCode.FOUND);
		assertThat(Cli.run("getall", folder.toString(), key(1), key(7)).lines()).containsExactly(key(1) + "\tvalue 1",
				key(7) + "\tchanged");
		assertThat(Cli.run("keys", folder.toString(), "--count").out()).isEqualTo((KEYS - 1) + "\n");
		assertThat(Cli.run("keys", folder.toString(), "--count", "--prefix", key(1).substring(0, 32)).out())
			.isEqualTo("99\n");
		assertThat(Cli.run("keys", folder.toString(), "--count", "--json").json().get("keys").asInt())
			.isEqualTo(KEYS - 1);
		assertThat(Cli.run("scan", folder.toString(), "--from", key(6), "-n", "3").lines())
			.containsExactly(key(6) + "\tvalue 6", key(7) + "\tchanged", key(9) + "\tvalue 9");
	}

}
