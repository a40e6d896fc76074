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

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class InterruptedImportTests {

	private static final int ENTRIES = 2500;

	@TempDir
	private Path temp;

	/** The client goes away half-way: it hears nothing, so the log must say it. */
	@Test
	void whenTheBodyBreaksOffShouldKeepWhatCameBeforeAndSaySoInTheLog(CapturedOutput output) throws Exception {
		try (RunningSample sample = RunningSample.start(this.temp)) {
			StringBuilder body = new StringBuilder();
			for (int entry = 0; entry < ENTRIES; entry++) {
				body.append("{\"key\":\"half/%d\",\"value\":\"x\"}\n".formatted(entry));
			}
			body.append("{\"key\":\"half/" + ENTRIES);
			sendAndGoAway(URI.create("http://" + sample.authority()), body.toString());
			await().atMost(Duration.ofSeconds(30)).until(() -> output.getAll().contains("Import: Stopped"));
			assertThat(output.getAll())
				.contains("Stopped at line %d: the body broke off. Entries imported before it: %d; from it on: none."
					.formatted(ENTRIES + 1, ENTRIES));
			assertThat(sample.export("half/")).hasSize(ENTRIES);
		}
	}

	private static void sendAndGoAway(URI server, String body) throws Exception {
		try (Socket socket = new Socket(server.getHost(), server.getPort())) {
			OutputStream out = socket.getOutputStream();
			out.write("""
					POST /api/import HTTP/1.1\r
					Host: %s\r
					Content-Type: application/x-ndjson\r
					Content-Length: 10000000\r
					\r
					""".formatted(server.getAuthority()).getBytes(StandardCharsets.US_ASCII));
			out.write(body.getBytes(StandardCharsets.US_ASCII));
			out.flush();
			socket.shutdownOutput();
			socket.getInputStream().readAllBytes();
		}
	}

}
