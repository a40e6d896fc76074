package io.s4db.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.local.DiskTrouble;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commits of many files, as a low {@code maxFileSize} or a long outage leaves them.
 */
class ManyFilesCommitTests {

	@TempDir
	private Path folder;

	private List<String> stepsOfCommit(int files) {
		List<String> steps = new ArrayList<>();
		S4DBOptions options = S4DBOptions.builder()
			.localDir(this.folder.resolve("with-" + files))
			.maxFileSize(1024)
			.executor(Runnable::run)
			.build();
		try (S4DB db = S4DBEngine.open(new InMemoryObjectStore(), options)) {
			db.put("first", "value");
			db.upload();
			for (int i = 0; i < files; i++) {
				db.putBytes("key" + i, incompressible(i));
			}
			try (DiskTrouble listening = DiskTrouble.listen((directory, step) -> steps.add(step))) {
				assertThat(db.upload().dataFiles()).isEqualTo(files);
			}
			for (int i = 0; i < files; i++) {
				assertThat(db.getBytes("key" + i)).isEqualTo(incompressible(i));
			}
		}
		return steps;
	}

	private static byte[] incompressible(int seed) {
		byte[] bytes = new byte[1500];
		new java.util.Random(seed).nextBytes(bytes);
		return bytes;
	}

	private static List<String> forcing(List<String> steps) {
		return steps.stream().filter((step) -> step.startsWith("FORCE")).sorted().toList();
	}

	@Test
	void whenThereAreManyShouldForceNoMoreThanForFew() {
		List<String> few = stepsOfCommit(2);
		List<String> many = stepsOfCommit(60);
		assertThat(many).filteredOn((step) -> step.startsWith("RENAME pending")).hasSize(60);
		assertThat(forcing(many)).hasSameSizeAs(forcing(few)).isNotEmpty();
	}

}
