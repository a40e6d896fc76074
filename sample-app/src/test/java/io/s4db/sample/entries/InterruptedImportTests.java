package io.s4db.sample.entries;

import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import io.s4db.sample.RunningSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class InterruptedImportTests {

	private static final int ENTRIES = 2500;

	@TempDir
	private Path temp;

	/** Who has gone away hears nothing, so the log must say it too. */
	@Test
	void whenTheBodyBreaksOffShouldKeepWhatCameBeforeAndSaySoInTheLog(CapturedOutput output) throws Exception {
		try (RunningSample sample = RunningSample.start(this.temp)) {
			StringBuilder body = new StringBuilder();
			for (int entry = 0; entry < ENTRIES; entry++) {
				body.append("{\"key\":\"half/%d\",\"value\":\"x\"}\n".formatted(entry));
			}
			body.append("{\"key\":\"half/" + ENTRIES);
			String answer = send(sample, "POST /api/import", "Content-Length: 10000000", body.toString());
			String expected = "Stopped at line %d: the body broke off. Entries imported before it: %d; from it on: none."
				.formatted(ENTRIES + 1, ENTRIES);
			assertThat(answer).startsWith("HTTP/1.1 400")
				.contains("application/problem+json")
				.contains(expected)
				.contains("\"imported\":%d".formatted(ENTRIES));
			await().atMost(Duration.ofSeconds(30)).until(() -> output.getAll().contains("Import: Stopped"));
			assertThat(output.getAll()).contains(expected);
			assertThat(sample.export("half/")).hasSize(ENTRIES);
		}
	}

	@ParameterizedTest
	@CsvSource({ "Content-Length: 100, x", "Transfer-Encoding: chunked, not a length" })
	void whenAnyBodyBreaksOffShouldAnswerWithProblemDetails(String length, String body) throws Exception {
		try (RunningSample sample = RunningSample.start(this.temp)) {
			assertThat(send(sample, "POST /api/import", length, body)).startsWith("HTTP/1.1 400")
				.contains("application/problem+json")
				.contains("Stopped at line 1: the body broke off");
			assertThat(send(sample, "PUT /api/entries/half", length, body)).startsWith("HTTP/1.1 400")
				.contains("application/problem+json")
				.contains("Nothing was written: the body broke off")
				.contains("\"instance\":\"/api/entries/half\"");
			assertThat(sample.get("/api/entries/half").statusCode()).isEqualTo(404);
		}
	}

	/** Sends a part of a body, says that there is no more to come, and listens. */
	private static String send(RunningSample sample, String request, String length, String body) throws Exception {
		URI server = URI.create("http://" + sample.authority());
		try (Socket socket = new Socket(server.getHost(), server.getPort())) {
			OutputStream out = socket.getOutputStream();
			out.write("""
					%s HTTP/1.1\r
					Host: %s\r
					Content-Type: application/x-ndjson\r
					%s\r
					\r
					""".formatted(request, server.getAuthority(), length).getBytes(StandardCharsets.US_ASCII));
			out.write(body.getBytes(StandardCharsets.US_ASCII));
			out.flush();
			socket.shutdownOutput();
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
