package io.s4db.sample.entries;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import io.s4db.sample.RunningSample;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class EntryApiTests {

	@TempDir
	private static Path temp;

	private static RunningSample sample;

	@BeforeAll
	static void start() {
		sample = RunningSample.start(temp);
	}

	@AfterAll
	static void stop() {
		sample.close();
	}

	@Test
	void whenPutShouldBeThereUntilDeleted() {
		assertThat(sample.put("/api/entries/greeting", "hello").statusCode()).isEqualTo(201);
		assertThat(sample.get("/api/entries/greeting").body()).isEqualTo("hello");
		assertThat(sample.put("/api/entries/greeting", "grüezi").statusCode()).isEqualTo(204);
		assertThat(sample.get("/api/entries/greeting").body()).isEqualTo("grüezi");
		assertThat(sample.delete("/api/entries/greeting").statusCode()).isEqualTo(204);
		assertProblem(sample.get("/api/entries/greeting"), 404, "The key has no value");
		assertProblem(sample.delete("/api/entries/greeting"), 404, "The key has no value");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a/b", "a//b", "%C3%BC%F0%9F%98%80", "a%20b+c", "%3F%23%25%22", "import", "a%0Ab" })
	void whenAKeyHasAnyCharactersShouldComeBack(String encoded) throws Exception {
		String key = java.net.URI.create("x:/" + encoded).getPath().substring(1);
		String path = "/api/entries/" + encoded;
		assertThat(sample.put(path, "value of " + key).statusCode()).isEqualTo(201);
		assertThat(sample.get(path).body()).isEqualTo("value of " + key);
		assertThat(sample.entries("")).containsEntry(key, "value of " + key);
		assertThat(sample.delete(path).statusCode()).isEqualTo(204);
	}

	@Test
	void whenTheValueIsEmptyShouldStillBeAnEntry() {
		assertThat(sample.put("/api/entries/empty", "").statusCode()).isEqualTo(201);
		HttpResponse<String> response = sample.get("/api/entries/empty");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEmpty();
		sample.delete("/api/entries/empty");
	}

	@Test
	void shouldServeValuesAsPlainTextThatNoBrowserTakesForAPage() {
		sample.put("/api/entries/page", "<script>alert(1)</script>");
		HttpResponse<String> response = sample.get("/api/entries/page");
		assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
		assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
		sample.delete("/api/entries/page");
	}

	@Test
	void whenAskedForANewKeyOnlyShouldNotReplace() {
		assertThat(putIfNew("once", "first").statusCode()).isEqualTo(201);
		assertProblem(putIfNew("once", "second"), 412, "The key has a value already");
		assertThat(sample.get("/api/entries/once").body()).isEqualTo("first");
		sample.delete("/api/entries/once");
	}

	@Test
	void shouldListKeysPageByPage() {
		for (String key : new String[] { "c", "a", "e", "b", "d" }) {
			sample.put("/api/entries/list/" + key, key);
		}
		JsonNode first = sample.getJson("/api/entries?prefix=list/&limit=3");
		assertThat(first.toString())
			.isEqualTo("{\"count\":3,\"next\":\"list/c\",\"keys\":[\"list/a\",\"list/b\",\"list/c\"]}");
		JsonNode second = sample.getJson("/api/entries?prefix=list/&limit=3&after=list/c");
		assertThat(second.toString()).isEqualTo("{\"count\":2,\"keys\":[\"list/d\",\"list/e\"]}");
	}

	@Test
	void whenAKeyInTheUrlIsAsLongAsCanBeShouldTakeItAndRefuseALongerOne() {
		String longest = "%C3%BC".repeat(32_767) + "x";
		assertThat(sample.put("/api/entries/" + longest, "long").statusCode()).isEqualTo(201);
		assertThat(sample.get("/api/entries/" + longest).body()).isEqualTo("long");
		sample.delete("/api/entries/" + longest);
		assertProblem(sample.put("/api/entries/" + longest + "x", "too long"), 400, "65");
	}

	@Test
	void whenTheValueIsTooLargeShouldRefuse() {
		byte[] value = "x".repeat(EntryController.MAX_VALUE_BYTES + 1).getBytes(StandardCharsets.UTF_8);
		assertProblem(sample.put("/api/entries/large", value), 413, "The value has more than");
		assertThat(sample.get("/api/entries/large").statusCode()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "limit=0", "limit=1001", "limit=x" })
	void whenAParameterIsBadShouldRefuse(String query) {
		assertProblem(sample.get("/api/entries?" + query), 400, query.split("=", 2)[0]);
	}

	@Test
	void whenTheUrlIsUnknownShouldAnswerWithProblemDetailsToo() {
		assertProblem(sample.get("/api/nothing"), 404, "api/nothing");
		assertProblem(sample.post("/api/entries/a"), 405, "POST");
	}

	private static HttpResponse<String> putIfNew(String key, String value) {
		return sample.send(
				sample.request("/api/entries/" + key).header("If-None-Match", "*").PUT(BodyPublishers.ofString(value)));
	}

	private static JsonNode assertProblem(HttpResponse<String> response, int status, String detail) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
		JsonNode problem = JsonMapper.shared().readTree(response.body());
		assertThat(problem.get("status").intValue()).isEqualTo(status);
		assertThat(problem.get("detail").stringValue()).contains(detail);
		return problem;
	}

}
