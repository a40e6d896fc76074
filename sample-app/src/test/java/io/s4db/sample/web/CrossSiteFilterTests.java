package io.s4db.sample.web;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import io.s4db.sample.RunningSample;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class CrossSiteFilterTests {

	@TempDir
	private static Path temp;

	private static RunningSample sample;

	@BeforeAll
	static void start() {
		sample = RunningSample.start(temp, "--sample.allowed-hosts=data.example,other.example");
	}

	@AfterAll
	static void stop() {
		sample.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example",
			"notlocalhost", "sub.data.example" })
	void whenTheHostIsNotOursShouldRefuseWhateverIsAsked(String host) throws Exception {
		for (String request : new String[] { "GET /api/airports/ZRH", "POST /actuator/s4db/upload",
				"GET /actuator/s4db", "GET /", "PUT /api/entries/host" }) {
			assertThat(send(request, host)).as(request)
				.startsWith("HTTP/1.1 403")
				.contains("application/problem+json")
				.contains("Host is " + host + ", which sample.allowed-hosts does not name");
		}
		assertThat(sample.get("/api/entries/host").statusCode()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "LOCALHOST:8080", "app.localhost", "127.0.0.1:8080", "10.1.2.3", "[::1]:8080",
			"data.example", "Other.Example:443" })
	void whenTheHostIsOursShouldAnswer(String host) throws Exception {
		assertThat(send("GET /api/airports/ZRH", host)).startsWith("HTTP/1.1 200");
	}

	@ParameterizedTest
	@CsvSource({ "Sec-Fetch-Site, cross-site", "Sec-Fetch-Site, same-site", "Origin, http://evil.example",
			"Origin, null", "Origin, http://localhost:3000" })
	void whenAnotherSiteChangesSomethingShouldRefuse(String header, String value) {
		for (String path : new String[] { "/actuator/s4db/upload", "/actuator/s4db-console/put" }) {
			assertThat(sample.send(sample.request(path).header(header, value).POST(BodyPublishers.noBody())))
				.satisfies((response) -> {
					assertThat(response.statusCode()).isEqualTo(403);
					assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
					assertThat(response.body()).contains("A page of another site may not change anything here")
						.contains("\"instance\":\"" + path + "\"");
				});
		}
		assertThat(sample.send(sample.request("/api/entries/x").header(header, value).DELETE()).statusCode())
			.isEqualTo(403);
	}

	@Test
	void whenAnotherSiteReadsShouldLeaveThatToTheBrowser() {
		assertThat(sample.send(sample.request("/api/airports/ZRH").header("Sec-Fetch-Site", "cross-site").GET()))
			.satisfies((response) -> {
				assertThat(response.statusCode()).isEqualTo(200);
				assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
			});
	}

	@Test
	void whenOurOwnPageOrNoPageChangesSomethingShouldDoIt() {
		String upload = "/actuator/s4db/upload";
		assertThat(sample.post(upload).statusCode()).isEqualTo(200);
		for (String site : new String[] { "same-origin", "none" }) {
			assertThat(sample
				.send(sample.request(upload)
					.header("Sec-Fetch-Site", site)
					.header("Origin", "https://behind.a.proxy.example")
					.POST(BodyPublishers.noBody()))
				.statusCode()).isEqualTo(200);
		}
		assertThat(sample
			.send(sample.request(upload).header("Origin", "http://" + sample.authority()).POST(BodyPublishers.noBody()))
			.statusCode()).isEqualTo(200);
	}

	private static String send(String request, String host) throws IOException {
		URI server = URI.create("http://" + sample.authority());
		try (Socket socket = new Socket(server.getHost(), server.getPort())) {
			OutputStream out = socket.getOutputStream();
			out.write(
					"%s HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".formatted(request, host)
						.getBytes(StandardCharsets.US_ASCII));
			out.flush();
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
