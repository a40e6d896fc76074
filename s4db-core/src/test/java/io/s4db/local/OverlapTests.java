package io.s4db.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * A database is not opened with a local directory in its store's folder, nor the other
 * way round.
 */
class OverlapTests {

	@TempDir
	private Path folder;

	@Test
	void whenOneIsTheOtherOrLiesInItShouldBeRefusedBeforeAnythingIsTouched() throws IOException {
		Path store = this.folder.resolve("store");
		Path link = Files.createSymbolicLink(this.folder.resolve("link"), store);
		for (Path local : List.of(store, store.resolve("local"), this.folder, store.resolve("../store/x/y"), link,
				link.resolve("local"))) {
			if (local.startsWith(link)) {
				Files.createDirectories(store);
			}
			assertThatIllegalArgumentException().as(local.toString())
				.isThrownBy(() -> open(local, store))
				.withMessageContaining("s4db.local-dir")
				.withMessageContaining("s4db.directory.path");
		}
		try (var files = Files.list(store)) {
			assertThat(files).isEmpty();
		}
	}

	@Test
	void whenTheyLieSideBySideShouldBeOpened() {
		try (S4DB db = open(this.folder.resolve("store-local"), this.folder.resolve("store"))) {
			db.put("key", "value");
			db.upload();
		}
		try (S4DB db = open(this.folder.resolve("other"), this.folder.resolve("store"))) {
			assertThat(db.get("key")).isEqualTo("value");
		}
	}

	private static S4DB open(Path local, Path store) {
		return S4DBEngine.open(new DirectoryObjectStore(store), S4DBOptions.builder().localDir(local).build());
	}

}
