package io.s4db.sample.entries;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

import io.s4db.sample.RunningSample;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class EntryApiTests {

	private static final String NDJSON = "application/x-ndjson";

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
	@ValueSource(strings = { "", "a/b", "a%2Fb%2F", "a//b", "%2F", "%C3%BC%F0%9F%98%80", "a%20b+c", "%3F%23%25%5C%22",
			"semi;colon=x", "import", "..%2F..%2Fetc", "a%0Ab" })
	void whenAKeyHasAnyCharactersShouldComeBack(String encoded) throws Exception {
		String key = java.net.URI.create("x:/" + encoded).getPath().substring(1);
		String path = "/api/entries/" + encoded;
		assertThat(sample.put(path, "value of " + key).statusCode()).isEqualTo(201);
		assertThat(sample.get(path).body()).isEqualTo("value of " + key);
		assertThat(sample.export("")).containsEntry(key, "value of " + key);
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
		JsonNode second = sample.getJson("/api/entries?prefix=list/&limit=3&values=true&after=list/c");
		assertThat(second.toString()).isEqualTo("{\"count\":2,\"entries\":{\"list/d\":\"d\",\"list/e\":\"e\"}}");
	}

	@Test
	void whenImportedAndExportedShouldBeTheSame() throws Exception {
		String ndjson = """
				{"key":"export/1","value":"eins"}
				{"key":"export/2","value":"zwei\\n\\"2\\""}
				""";
		HttpResponse<String> response = sample.post("/api/import", NDJSON, ndjson);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("{\"imported\":2}");
		assertThat(sample.get("/api/export?prefix=export/").body().lines())
			.containsExactlyInAnyOrderElementsOf(ndjson.lines().toList());
		assertThat(sample.export("export/")).isEqualTo(Map.of("export/1", "eins", "export/2", "zwei\n\"2\""));
	}

	@Test
	void whenCsvIsImportedShouldTakeTheColumnAndThePrefixNamed() {
		HttpResponse<String> response = sample.post("/api/import?key=isin&prefix=stocks/", "text/csv;charset=UTF-8",
				"name,isin\nNestlé,CH0038863350\n");
		assertThat(response.body()).isEqualTo("{\"imported\":1}");
		assertThat(sample.get("/api/entries/stocks/CH0038863350").body()).isEqualTo("{\"name\":\"Nestlé\"}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			name,isin\\nNestlé,1|the header has no column "key" for the keys; its columns are [name, isin]
			key;value\\na;1|what separates columns is a comma
			key,x,x\\na,1,2|two columns of the header are called "x"
			''|there is no header
			""")
	void whenTheCsvHeaderIsWrongShouldSayWhy(String csv, String reason) {
		JsonNode problem = assertProblem(sample.post("/api/import", "text/csv", csv.replace("\\n", "\n")), 400, reason);
		assertThat(problem.get("line").intValue()).isEqualTo(1);
		assertThat(problem.get("imported").intValue()).isZero();
	}

	@Test
	void whenTheBodyIsGzipShouldUnpackIt() throws Exception {
		HttpResponse<String> imported = sample.send(sample.request("/api/import")
			.header("Content-Type", "text/csv")
			.header("Content-Encoding", "gzip")
			.POST(gzip("key,value\ngzip/1,eins\n")));
		assertThat(imported.body()).isEqualTo("{\"imported\":1}");
		assertThat(sample.get("/api/entries/gzip/1").body()).isEqualTo("eins");
		String value = "x".repeat(EntryController.MAX_VALUE_BYTES);
		assertThat(sample.send(packed("/api/entries/gzip/2", "gzip", value)).statusCode()).isEqualTo(201);
		assertThat(sample.get("/api/entries/gzip/2").body()).isEqualTo(value);
		assertProblem(sample.send(packed("/api/entries/gzip/3", "gzip", value + "x")), 413, "The value has more than");
		sample.delete("/api/entries/gzip/2");
	}

	@Test
	void whenTheBodyIsEncodedInAnotherWayShouldSayWhatIsTaken() throws Exception {
		HttpResponse<String> response = sample.send(packed("/api/entries/br", "br", "x"));
		assertProblem(response, 415, "Content-Encoding is br; send the body as it is, or as gzip");
		assertThat(response.headers().firstValue("Accept-Encoding")).hasValue("gzip");
		assertProblem(sample.send(
				sample.request("/api/entries/br").header("Content-Encoding", "gzip").PUT(BodyPublishers.ofString("x"))),
				400, "Nothing was written: the body");
		assertThat(sample.get("/api/entries/br").statusCode()).isEqualTo(404);
	}

	@Test
	void whenALineIsBadShouldSayWhichAndHowManyWereImportedBefore() {
		StringBuilder body = new StringBuilder();
		for (int i = 1; i <= 2500; i++) {
			body.append("{\"key\":\"bad/%d\",\"value\":\"x\"}\n".formatted(i));
		}
		body.append("{\"key\":\"bad/2501\",\"value\":\n{\"key\":\"bad/2502\",\"value\":\"x\"}\n");
		JsonNode problem = assertProblem(sample.post("/api/import", NDJSON, body.toString()), 400,
				"Stopped at line 2501: it is not valid JSON");
		assertThat(problem.get("line").intValue()).isEqualTo(2501);
		assertThat(problem.get("imported").intValue()).isEqualTo(2500);
		assertThat(sample.get("/api/entries/bad/2500").statusCode()).isEqualTo(200);
		assertThat(sample.get("/api/entries/bad/2502").statusCode()).isEqualTo(404);
	}

	@Test
	void whenTheDatabaseRefusesAKeyOfABatchShouldSayWhichLine() {
		String body = "key,value\nlong/1,x\nlong/2,x\n%s,x\nlong/3,x\n".formatted("k".repeat(65_536));
		JsonNode problem = assertProblem(sample.post("/api/import", "text/csv", body), 400, "Stopped at line 4: ");
		assertThat(problem.get("imported").intValue()).isEqualTo(2);
		assertThat(sample.get("/api/entries/long/2").statusCode()).isEqualTo(200);
		assertThat(sample.get("/api/entries/long/3").statusCode()).isEqualTo(404);
	}

	@Test
	void whenAKeyIsAnUnpairedSurrogateShouldSayWhichLine() {
		String body = "{\"key\":\"fine\",\"value\":\"x\"}\n{\"key\":\"\\ud800\",\"value\":\"x\"}\n";
		JsonNode problem = assertProblem(sample.post("/api/import", NDJSON, body), 400, "Stopped at line 2: ");
		assertThat(problem.get("imported").intValue()).isEqualTo(1);
	}

	@Test
	void whenALargeBodyIsBadAtItsStartShouldStillBeAbleToSaySo() {
		byte[] body = new byte[50 << 20];
		java.util.Arrays.fill(body, (byte) '\n');
		body[0] = 'x';
		assertProblem(sample.post("/api/import", NDJSON, BodyPublishers.ofByteArray(body)), 400,
				"Stopped at line 1: it is not valid JSON");
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
	void whenTheValueIsNotTextShouldRefuse() {
		assertProblem(sample.put("/api/entries/binary", new byte[] { (byte) 0xFF }), 400,
				"The value is not UTF-8 text");
	}

	@Test
	void whenTheValueIsTooLargeShouldRefuse() {
		byte[] value = "x".repeat(EntryController.MAX_VALUE_BYTES + 1).getBytes(StandardCharsets.UTF_8);
		assertProblem(sample.put("/api/entries/large", value), 413, "The value has more than");
		assertThat(sample.get("/api/entries/large").statusCode()).isEqualTo(404);
	}

	@Test
	void whenTheContentTypeIsUnknownShouldNameThoseThatAreTaken() {
		assertProblem(sample.post("/api/import", "application/xml", "<a/>"), 415, "application/x-ndjson");
		assertProblem(sample.post("/api/import"), 415, "Content-Type is missing");
	}

	@ParameterizedTest
	@ValueSource(strings = { "limit=0", "limit=1001", "limit=x", "values=maybe" })
	void whenAParameterIsBadShouldRefuse(String query) {
		assertProblem(sample.get("/api/entries?" + query), 400, query.split("=", 2)[0]);
	}

	@Test
	void whenThereIsNoKeyAtAllShouldSayWhereItGoes() {
		assertProblem(sample.put("/api/entries", "x"), 400, "after /api/entries/");
		assertProblem(sample.delete("/api/entries"), 400, "after /api/entries/");
	}

	@Test
	void whenTheUrlIsNotUtf8ShouldAnswerWithProblemDetailsToo() {
		assertProblem(sample.get("/api/entries/%FF"), 400, "UTF-8");
		assertProblem(sample.get("/api/entries/%00"), 400, "%00");
	}

	@Test
	void whenTheUrlIsUnknownShouldAnswerWithProblemDetailsToo() {
		assertProblem(sample.get("/api/nothing"), 404, "api/nothing");
		assertProblem(sample.post("/api/export"), 405, "POST");
	}

	private static HttpResponse<String> putIfNew(String key, String value) {
		return sample.send(
				sample.request("/api/entries/" + key).header("If-None-Match", "*").PUT(BodyPublishers.ofString(value)));
	}

	private static HttpRequest.Builder packed(String path, String encoding, String body) throws IOException {
		return sample.request(path).header("Content-Encoding", encoding).PUT(gzip(body));
	}

	private static BodyPublisher gzip(String body) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
			gzip.write(body.getBytes(StandardCharsets.UTF_8));
		}
		return BodyPublishers.ofByteArray(bytes.toByteArray());
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
