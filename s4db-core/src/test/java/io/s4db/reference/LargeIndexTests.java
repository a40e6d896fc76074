package io.s4db.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An index above 8 MiB is read in ranges. The reference wrote it anew, and it could not
 * be opened any more: it was said to change while it was read.
 */
class LargeIndexTests {

	@TempDir
	private Path folder;

	@Test
	void whenTheReferenceWroteALargeIndexShouldAdoptIt() throws IOException {
		Path bucket = this.folder.resolve("bucket");
		try (DirectoryObjectStore store = new DirectoryObjectStore(bucket)) {
			try (S4DB db = S4DBEngine.open(store, options("ours"))) {
				for (int i = 0; i < 200; i++) {
					db.put("key " + i + " ".repeat(50_000), "value");
				}
				db.put("replaced", "ours");
				db.upload();
				// The manifest has the index from the commit after it on.
				db.put("later", "ours");
				db.upload();
				// The reference sees the last checkpoint.
				db.checkpoint();
			}
			assertThat(bucket.resolve("index.idx")).isNotEmptyFile()
				.satisfies((file) -> assertThat(Files.size(file)).isGreaterThan(9 << 20));
			ReferenceDatabase reference = new ReferenceDatabase(bucket, "",
					Files.createDirectories(this.folder.resolve("reference")), ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
			reference.download();
			reference.put(Map.of("theirs", "value", "replaced", "theirs"));
			reference.upload();
			try (S4DB db = S4DBEngine.open(store, options("again"))) {
				assertThat(db.size()).isEqualTo(203);
				assertThat(db.getAll(List.of("theirs", "replaced")))
					.isEqualTo(Map.of("theirs", "value", "replaced", "theirs"));
				db.put("more", "value");
			}
			try (S4DB db = S4DBEngine.open(store, options("once more"))) {
				assertThat(db.size()).isEqualTo(204);
				assertThat(db.verify().clean()).isTrue();
			}
		}
	}

	private S4DBOptions options(String directory) {
		return S4DBOptions.builder().localDir(this.folder.resolve(directory)).build();
	}

}
