package io.s4db.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.EngineVariant;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reference writes after us: it must not append to our last data file (rule C4).
 */
class NumberForTheReferenceTests {

	@TempDir
	private Path folder;

	@Test
	void whenTheReferenceWritesAfterUsShouldStartAFileOfItsOwn() throws IOException {
		assertThat(ourFileStays(EngineVariant.asItIs())).isTrue();
	}

	@Test
	void whenTheRuleIsLeftOutShouldBeNoticed() throws IOException {
		assertThat(ourFileStays(EngineVariant.without("C4_NUMBER_FOR_THE_REFERENCE"))).isFalse();
	}

	private boolean ourFileStays(EngineVariant engine) throws IOException {
		Path bucket = this.folder.resolve("bucket");
		try (DirectoryObjectStore store = new DirectoryObjectStore(bucket);
				S4DB db = engine.open(store, S4DBOptions.builder().localDir(this.folder.resolve("ours")).build())) {
			db.put("ours", "value");
			db.upload();
		}
		byte[] before = Files.readAllBytes(bucket.resolve("data_000001.s4db"));
		Path local = Files.createDirectories(this.folder.resolve("reference"));
		ReferenceDatabase reference = new ReferenceDatabase(bucket, "", local, ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
		reference.download();
		reference.put(Map.of("theirs", "value"));
		reference.upload();
		return java.util.Arrays.equals(before, Files.readAllBytes(bucket.resolve("data_000001.s4db")));
	}

}
