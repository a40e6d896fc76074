package io.s4db.process;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the JVM warns of in a process that uses a database.
 */
class WarningsTests {

	@TempDir
	Path folder;

	@Test
	void whenItIsRunAsTheReadmeSaysShouldBeNothing() throws Exception {
		List<String> options = (Runtime.version().feature() >= 24) ? List.of("--enable-native-access=ALL-UNNAMED")
				: List.of();
		assertThat(DirectoryUser.run(this.folder, options, this.folder.resolve("bucket").toUri().toString(),
				this.folder.resolve("local").toString(), "put=a", "put=b", "upload", "put=a", "upload", "get=a",
				"get=b", "compact", "get=b", "close"))
			.startsWith("open 0")
			.endsWith("done");
		assertThat(this.folder.resolve("errors.txt")).content().isEmpty();
	}

}
