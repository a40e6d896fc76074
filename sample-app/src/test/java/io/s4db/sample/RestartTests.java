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
	void when130000RowsAreImportedShouldComeBackAfterRestartAndAfterCompact() throws Exception {
		Map<String, String> expected = new HashMap<>();
		try (RunningSample sample = RunningSample.start(this.temp)) {
			assertThat(sample.post("/api/import?key=id&prefix=rows/", "text/csv", rows(expected)).body())
				.isEqualTo("{\"imported\":%d}".formatted(ROWS));
			expected.putAll(sample.export("airports/"));
			assertThat(sample.export("").equals(expected)).as("exported what was imported").isTrue();
		}
		RunningSample.deleteLocalDirectory(this.temp);
		try (RunningSample sample = RunningSample.start(this.temp)) {
			assertThat(sample.export("").equals(expected)).as("all there after a restart").isTrue();
			for (int row = 0; row < 1000; row++) {
				sample.delete("/api/entries/rows/" + row);
				expected.remove("rows/" + row);
			}
			assertThat(sample.post("/actuator/s4db/compact").statusCode()).isIn(200, 202);
			await().atMost(Duration.ofMinutes(1)).until(() -> !isRunning(sample.getJson("/actuator/s4db")));
			assertThat(sample.export("").equals(expected)).as("all there after compact").isTrue();
		}
		RunningSample.deleteLocalDirectory(this.temp);
		try (RunningSample sample = RunningSample.start(this.temp)) {
			assertThat(sample.export("").equals(expected)).as("all there after compact and a restart").isTrue();
		}
	}

	private static boolean isRunning(JsonNode databases) {
		return databases.get("s4db").get("operation").get("status").stringValue().equals("RUNNING");
	}

	/** Rows as the import takes them, and as the export should bring them. */
	private static String rows(Map<String, String> expected) {
		StringBuilder csv = new StringBuilder("id,name,measured\n");
		for (int row = 0; row < ROWS; row++) {
			csv.append("%d,\"Station %d, north\",%d.5\n".formatted(row, row % 977, row * 31 % 1009));
			expected.put("rows/" + row,
					"{\"name\":\"Station %d, north\",\"measured\":\"%d.5\"}".formatted(row % 977, row * 31 % 1009));
		}
		return csv.toString();
	}

}
