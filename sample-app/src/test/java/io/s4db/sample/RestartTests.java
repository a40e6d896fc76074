package io.s4db.sample;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RestartTests {

	private static final int ROWS = 130_000;

	@TempDir
	private Path temp;

	@Test
	void whenRestartedShouldHaveEverythingEvenWithoutTheLocalDirectory() throws Exception {
		try (RunningSample sample = RunningSample.start(this.temp)) {
			sample.put("/api/entries/kept", "value");
		}
		try (RunningSample sample = RunningSample.start(this.temp)) {
			assertThat(sample.get("/api/entries/kept").body()).isEqualTo("value");
		}
		RunningSample.deleteLocalDirectory(this.temp);
		try (RunningSample sample = RunningSample.start(this.temp)) {
			assertThat(sample.get("/api/entries/kept").body()).isEqualTo("value");
			assertThat(sample.get("/api/airports/ZRH").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void when130000RowsArePutShouldComeBackAfterRestartAndAfterCompact() throws Exception {
		Map<String, String> expected = new HashMap<>();
		try (RunningSample sample = RunningSample.start(this.temp)) {
			for (int row = 0; row < ROWS; row++) {
				expected.put("rows/" + row, "{\"name\":\"Station %d, north\"}".formatted(row % 977));
			}
			sample.template().put(expected);
			expected.putAll(sample.entries("airports/"));
			assertThat(sample.entries("").equals(expected)).as("there is what was put").isTrue();
		}
		RunningSample.deleteLocalDirectory(this.temp);
		try (RunningSample sample = RunningSample.start(this.temp)) {
			assertThat(sample.entries("").equals(expected)).as("all there after a restart").isTrue();
			for (int row = 0; row < 1000; row++) {
				sample.delete("/api/entries/rows/" + row);
				expected.remove("rows/" + row);
			}
			assertThat(sample.post("/actuator/s4db/compact").statusCode()).isIn(200, 202);
			await().atMost(Duration.ofMinutes(1)).until(() -> !isRunning(sample.getJson("/actuator/s4db")));
			assertThat(sample.entries("").equals(expected)).as("all there after compact").isTrue();
		}
		RunningSample.deleteLocalDirectory(this.temp);
		try (RunningSample sample = RunningSample.start(this.temp)) {
			assertThat(sample.entries("").equals(expected)).as("all there after compact and a restart").isTrue();
		}
	}

	private static boolean isRunning(JsonNode databases) {
		return databases.get("s4db").get("operation").get("status").stringValue().equals("RUNNING");
	}

}
