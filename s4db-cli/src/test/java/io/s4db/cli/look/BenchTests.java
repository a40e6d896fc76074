package io.s4db.cli.look;

import java.util.HashMap;
import java.util.Map;

import io.s4db.cli.Cli;
import io.s4db.cli.Databases;
import io.s4db.cli.FolderTest;
import io.s4db.cli.terminal.ExitCode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measurements leave everything as it was.
 */
class BenchTests extends FolderTest {

	@Test
	void whenMeasuredShouldTellTimesAndRequestsAndLeaveNothing() {
		Map<String, String> pairs = new HashMap<>();
		for (int i = 0; i < 100; i++) {
			pairs.put("key" + i, "value" + i);
		}
		Databases.make(this.folder, pairs);
		Map<String, String> before = Databases.state(this.folder);
		Cli.Result reads = Cli.run("bench", this.place, "--gets", "20", "--threads", "3", "--json");
		assertThat(reads.code()).as(reads.err()).isZero();
		assertThat(reads.json().get(1).get("times").asInt()).isEqualTo(20);
		assertThat(reads.json().get(1).get("requests").get("gets").asInt()).isEqualTo(20);
		assertThat(reads.json().get(3).get("times").asInt()).isEqualTo(100);
		assertThat(Databases.state(this.folder)).isEqualTo(before);
		assertThat(Cli.run("bench", this.place, "--uploads", "2").code()).isEqualTo(ExitCode.USAGE);
		Cli.Result writes = Cli.run("bench", this.place, "--uploads", "2", "--upload-size", "1", "--yes");
		assertThat(writes.out()).contains("upload of a value", "upload of 1 MiB", "a million cost");
		assertThat(writes.err()).contains(".s4db-bench-");
		before.remove("");
		Map<String, String> after = Databases.state(this.folder);
		after.remove("");
		assertThat(after).isEqualTo(before);
	}

}
