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
 * The reference deletes the files that it compacts, and the manifest still has them.
 */
class CompactedByTheReferenceTests {

	@TempDir
	private Path folder;

	@Test
	void whenRebuiltShouldNotCallItsInputsLost() throws IOException {
		Path bucket = this.folder.resolve("bucket");
		try (DirectoryObjectStore store = new DirectoryObjectStore(bucket)) {
			try (S4DB db = S4DBEngine.open(store, options("ours"))) {
				db.put(Map.of("a", "1", "b", "2"));
				db.upload();
				db.put(Map.of("a", "3"));
				db.upload();
			}
			ReferenceDatabase reference = new ReferenceDatabase(bucket, "",
					Files.createDirectories(this.folder.resolve("reference")), ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
			reference.download();
			reference.compact();
			reference.upload();
			assertThat(bucket.resolve("data_000001.s4db")).doesNotExist();
			try (S4DB db = S4DBEngine.rebuild(store, options("rebuilt"))) {
				assertThat(db.getAll(List.of("a", "b"))).isEqualTo(Map.of("a", "3", "b", "2"));
				assertThat(db.stats().recovery().findings()).isEmpty();
			}
		}
	}

	private S4DBOptions options(String directory) {
		return S4DBOptions.builder().localDir(this.folder.resolve(directory)).build();
	}

}
