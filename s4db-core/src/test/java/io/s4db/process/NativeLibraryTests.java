package io.s4db.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that cannot load Snappy's native library.
 */
class NativeLibraryTests {

	@TempDir
	Path folder;

	@Test
	void whenItsDirectoryCannotBeUsedShouldSaySoAtOpen() throws Exception {
		Path file = Files.createFile(this.folder.resolve("file"));
		List<String> said = DirectoryUser.run(this.folder, List.of("-Dorg.xerial.snappy.tempdir=" + file.resolve("no")),
				this.folder.resolve("bucket").toUri().toString(), this.folder.resolve("local").toString(), "put=a");
		assertThat(said).singleElement()
			.asString()
			.startsWith("refused S4DBException")
			.contains("org.xerial.snappy.tempdir");
		assertThat(this.folder.resolve("local")).doesNotExist();
	}

}
