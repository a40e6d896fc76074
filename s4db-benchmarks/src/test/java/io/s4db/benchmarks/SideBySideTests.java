package io.s4db.benchmarks;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Every row runs on tiny data; what it measures then means nothing.
 */
class SideBySideTests {

	private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

	@TempDir
	private Path folder;

	@Test
	void whenDataIsTinyShouldReportEveryRow() throws Exception {
		Path out = this.folder.resolve("report.md");
		String report = SideBySide.run(List.of("--keys", "2000", "--few-keys", "1500", "--operations", "200",
				"--rounds", "1", "--warmups", "1", "--warmup-seconds", "0", "--latency", "1", "--download-mb", "8",
				"--uploads", "3", "--churn", "1", "--scaling", "100,2000", "--dir",
				this.folder.resolve("work").toString(), "--out", out.toString()), NOWHERE);
		assertThat(report).isEqualTo(Files.readString(out))
			.contains("| s4db | ", "| RocksDB | ", "| ConcurrentHashMap | ", "| one object per key, one by one | ",
					"| bare pread, 2 threads | ", "| get, local, warm, of 2000 keys | ", "| 2,000 | ")
			.doesNotContain("NaN", "Infinity");
	}

	@Test
	void whenARowIsUnknownShouldNameTheKnownOnes() {
		assertThatThrownBy(() -> SideBySide.run(List.of("gte"), NOWHERE)).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("batch-put single-put get");
	}

}
