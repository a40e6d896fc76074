package io.s4db.sample.entries;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.s4db.sample.RunningSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class BrokenExportTests {

	@TempDir
	private Path temp;

	@Test
	void whenAnExportFailsHalfWayShouldNotEndAsIfItWereWhole() throws Exception {
		RunningSample.start(this.temp).close();
		RunningSample.deleteLocalDirectory(this.temp);
		try (RunningSample sample = RunningSample.start(this.temp)) {
			damage(this.temp.resolve("s3/s4db-sample/sample/data_000001.s4db"));
			HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + sample.authority() + "/api/export"))
				.build();
			HttpResponse<InputStream> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());
			assertThat(response.statusCode()).isEqualTo(200);
			assertThatIOException().isThrownBy(() -> response.body().readAllBytes());
			assertThat(sample.get("/api/airports/AAA").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void whenOnlyAPrefixIsExportedShouldNotReadTheValuesOfOthers() throws Exception {
		try (RunningSample sample = RunningSample.start(this.temp)) {
			for (int entry = 0; entry < 1000; entry++) {
				sample.put("/api/entries/export/" + entry, "value " + entry);
			}
		}
		RunningSample.deleteLocalDirectory(this.temp);
		try (RunningSample sample = RunningSample.start(this.temp)) {
			damage(this.temp.resolve("s3/s4db-sample/sample/data_000001.s4db"));
			Map<String, String> exported = sample.export("export/");
			assertThat(exported).hasSize(1000).containsEntry("export/999", "value 999");
		}
	}

	/** Changes a byte in the middle, among the entries. */
	private static void damage(Path dataFile) throws IOException {
		byte[] bytes = Files.readAllBytes(dataFile);
		bytes[bytes.length / 2] ^= 1;
		Files.write(dataFile, bytes);
	}

}
