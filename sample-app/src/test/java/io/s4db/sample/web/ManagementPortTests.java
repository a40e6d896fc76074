package io.s4db.sample.web;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import io.s4db.sample.RunningSample;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that Actuator takes no requests of other sites either where it has a port of its
 * own.
 */
class ManagementPortTests {

	@TempDir
	private static Path temp;

	private static RunningSample sample;

	@BeforeAll
	static void start() {
		sample = RunningSample.start(temp, "--management.server.port=0", "--management.server.address=127.0.0.1",
				"--sample.allowed-hosts=data.example");
	}

	@AfterAll
	static void stop() {
		sample.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET /actuator/s4db", "POST /actuator/s4db/upload", "GET /actuator/health" })
	void whenTheHostIsNotOursShouldRefuse(String request) throws Exception {
		assertThat(send(request, "Host: evil.example")).startsWith("HTTP/1.1 403")
			.contains("Host is evil.example, which sample.allowed-hosts does not name");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sec-Fetch-Site: cross-site", "Origin: http://evil.example", "Origin: null" })
	void whenAnotherSiteChangesSomethingShouldRefuse(String header) throws Exception {
		assertThat(send("POST /actuator/s4db/upload", "Host: localhost", header)).startsWith("HTTP/1.1 403")
			.contains("A page of another site may not change anything here");
	}

	@Test
	void whenItIsOneOfOursShouldAnswer() throws Exception {
		for (String host : new String[] { "localhost:9000", "127.0.0.1", "data.example" }) {
			assertThat(send("POST /actuator/s4db/upload", "Host: " + host)).startsWith("HTTP/1.1 200")
				.contains("\"status\":\"COMPLETED\"");
		}
		assertThat(send("POST /actuator/s4db/upload", "Host: localhost", "Sec-Fetch-Site: same-origin"))
			.startsWith("HTTP/1.1 200");
	}

	@Test
	void theApplicationsOwnPortShouldBeGuardedToo() {
		assertThat(sample.send(sample.request("/api/entries/x").header("Origin", "null").DELETE()).statusCode())
			.isEqualTo(403);
		assertThat(sample.get("/actuator/s4db").statusCode()).isEqualTo(404);
	}

	private static String send(String request, String... headers) throws IOException {
		URI server = URI.create("http://" + sample.managementAuthority());
		try (Socket socket = new Socket(server.getHost(), server.getPort())) {
			OutputStream out = socket.getOutputStream();
			out.write("%s HTTP/1.1\r\n%s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
				.formatted(request, String.join("\r\n", headers))
				.getBytes(StandardCharsets.US_ASCII));
			out.flush();
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
