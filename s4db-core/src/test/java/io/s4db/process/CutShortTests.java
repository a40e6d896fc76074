package io.s4db.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A local file that another program cuts short while it is mapped. The JVM reports that
 * by an {@code InternalError}, late where the code is compiled.
 */
@Timeout(60)
class CutShortTests {

	@TempDir
	Path folder;

	private List<String> run(String file) throws InterruptedException {
		ChildProcess process = new ChildProcess(CutShortMain.class, this.folder.resolve("errors.txt"),
				List.of("-XX:TieredStopAtLevel=4"), List.of(this.folder.resolve("bucket").toUri().toString(),
						this.folder.resolve("local").toString(), file));
		List<String> lines = new ArrayList<>();
		process.readLines(lines::add);
		assertThat(process.wasFine()).as("%s: %s", lines, process.errors()).isTrue();
		return lines;
	}

	@Test
	void whenItIsACopyShouldReadTheStore() throws Exception {
		assertThat(run("data")).containsExactly("read 900 0", "put", "closed");
	}

	@Test
	void whenItIsPendingShouldSayWhatIsNotThereAnyMore() throws Exception {
		List<String> lines = run("pending");
		assertThat(lines).hasSize(3).endsWith("put", "closed");
		// What was written last is on the heap, and the beginning is in the file.
		int whole = Integer.parseInt(lines.get(0).split(" ", 3)[1]);
		assertThat(whole).isBetween(4 * 3, 250 * 3);
		assertThat(lines.get(0)).isEqualTo("read " + whole + " " + (900 - whole));
	}

}
