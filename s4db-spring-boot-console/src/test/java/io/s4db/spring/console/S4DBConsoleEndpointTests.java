package io.s4db.spring.console;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.s4db.CommitSummary;
import io.s4db.ReadCounts;
import io.s4db.RequestCounts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link S4DBConsoleEndpoint} through a real web server, where actions are
 * allowed.
 */
class S4DBConsoleEndpointTests {

	private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"#]+)\"");

	private static final String NAME = "s4db";

	private static RunningConsole console;

	@BeforeAll
	static void start() {
		console = RunningConsole.start(RunningConsole.ALLOWED);
	}

	@AfterAll
	static void stop() {
		console.close();
	}

	@BeforeEach
	void empty() {
		console.database().delete(List.copyOf(console.database().keys()));
	}

	@Test
	void shouldServeAPageThatLoadsItsOwnFilesAlone() throws Exception {
		HttpResponse<String> page = console.get(console.console(""));
		assertThat(page.statusCode()).isEqualTo(200);
		assertThat(header(page, "Content-Type")).isEqualTo("text/html;charset=UTF-8");
		List<String> links = LINK.matcher(page.body()).results().map((link) -> link.group(1)).toList();
		assertThat(links).containsExactlyInAnyOrder("data:,", "s4db-console/static/console.css",
				"s4db-console/static/console.js");
		assertThat(page.body()).doesNotContain("style=", "onclick=", "<style")
			.doesNotContainPattern("<script[^>]*>[^<\\s]");
		HttpResponse<String> style = console.get(console.console("/static/console.css"));
		assertThat(header(style, "Content-Type")).isEqualTo("text/css;charset=UTF-8");
		HttpResponse<String> script = console.get(console.console("/static/console.js"));
		assertThat(header(script, "Content-Type")).isEqualTo("text/javascript;charset=UTF-8");
		assertThat(script.body()).doesNotContain("innerHTML", "insertAdjacentHTML", "document.write", "eval(");
	}

	@Test
	void whateverIsAskedForShouldHaveTheHeadersThatGuardIt() throws Exception {
		for (String path : List.of("", "/databases", "/static/console.js", "/nothing")) {
			HttpResponse<String> response = console.get(console.console(path));
			assertThat(header(response, "Content-Security-Policy")).as(path)
				.contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
				.doesNotContain("unsafe");
			assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
			assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
		}
	}

	@Test
	void whatTheConsoleIsNotShouldKeepItsHeaders() throws Exception {
		HttpResponse<String> other = console.get(console.uri("local.server.port", "/actuator"));
		assertThat(other.headers().firstValue("Content-Security-Policy")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nothing", "/static/nothing.js", "/other/console.js", "/static/..%2Fconsole.html",
			"/static/console.html", "/static/Views.class" })
	void whenThereIsNoSuchThingShouldBeNotFound(String path) throws Exception {
		assertThat(console.get(console.console(path)).statusCode()).isIn(400, 404);
	}

	@Test
	void shouldSayHowEachDatabaseStands() throws Exception {
		console.database().put("a", "1");
		JsonNode answer = console.view("databases", Map.of());
		assertThat(answer.get("actionsAllowed").asBoolean()).isTrue();
		assertThat(answer.get("reason").isNull()).isTrue();
		assertThat(answer.get("actions").toString()).contains("upload", "compact-sorted", "rebuild-index");
		JsonNode report = answer.at("/databases/" + NAME);
		assertThat(report.get("state").asString()).isEqualTo("OPEN");
		assertThat(report.at("/index/keys").asInt()).isOne();
		assertThat(report.at("/pending/entries").asInt()).isPositive();
	}

	@Test
	void shouldGiveKeysPageByPage() throws Exception {
		for (int i = 0; i < 25; i++) {
			console.database().put("k/%02d".formatted(i), "v");
		}
		console.database().put("other", "v");
		JsonNode first = console.view("keys", Map.of("database", NAME, "prefix", "k/", "limit", "10"));
		assertThat(first.get("keys")).hasSize(10);
		assertThat(first.get("keys").get(9).asString()).isEqualTo("k/09");
		assertThat(first.get("more").asBoolean()).isTrue();
		JsonNode last = console.view("keys", Map.of("database", NAME, "prefix", "k/", "limit", "15", "after", "k/09"));
		assertThat(last.get("keys")).hasSize(15);
		assertThat(last.get("keys").get(0).asString()).isEqualTo("k/10");
		assertThat(last.get("more").asBoolean()).isFalse();
		assertThat(console.view("keys", Map.of("database", NAME)).get("keys")).hasSize(26);
		assertThat(console.view("keys", Map.of("database", NAME, "limit", "0")).get("keys")).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a b", "<img src=x onerror=alert(1)>", "a\u0000b", "a\r\nb", "\u202egnp.exe", "ä/€/😀",
			"a,b;c=d&e?f#g%2F", "{\"a\":1}" })
	void whateverTheKeyIsShouldPutFindShowAndDeleteIt(String key) throws Exception {
		String value = "<script>" + key;
		JsonNode put = RunningConsole.json(console.change("put", Map.of("database", NAME, "key", key, "value", value)));
		assertThat(put.get("outcome").asString()).isEqualTo("put");
		assertThat(console.database().get(key)).isEqualTo(value);
		assertThat(console.view("keys", Map.of("database", NAME, "prefix", key)).get("keys").get(0).asString())
			.isEqualTo(key);
		JsonNode shown = console.view("value", Map.of("database", NAME, "key", key));
		assertThat(shown.get("key").asString()).isEqualTo(key);
		assertThat(shown.get("bytes").asInt()).isEqualTo(value.getBytes(UTF_8).length);
		assertThat(new String(Base64.getDecoder().decode(shown.get("base64").asString()), UTF_8)).isEqualTo(value);
		JsonNode deleted = RunningConsole.json(console.change("delete", Map.of("database", NAME, "key", key)));
		assertThat(deleted.get("outcome").asString()).isEqualTo("deleted");
		assertThat(console.database().containsKey(key)).isFalse();
		assertThat(console.view("value", Map.of("database", NAME, "key", key)).get("found").asBoolean()).isFalse();
	}

	@Test
	void whenAValueIsLargeShouldShowItsBeginning() throws Exception {
		console.database().putBytes("large", new byte[1 << 20]);
		JsonNode shown = console.view("value", Map.of("database", NAME, "key", "large"));
		assertThat(shown.get("bytes").asInt()).isEqualTo(1 << 20);
		assertThat(shown.get("shownBytes").asInt()).isEqualTo(Views.MOST_BYTES);
		assertThat(Base64.getDecoder().decode(shown.get("base64").asString())).hasSize(Views.MOST_BYTES);
	}

	@Test
	void shouldSayWhatAReadCost() throws Exception {
		console.database().put("a", "1");
		JsonNode pending = console.view("value", Map.of("database", NAME, "key", "a")).get("cost");
		assertThat(pending.get("source").asString()).isEqualTo("pending");
		assertThat(pending.get("requests").asInt()).isZero();
		assertThat(pending.get("alone").asBoolean()).isTrue();
		JsonNode absent = console.view("value", Map.of("database", NAME, "key", "b")).get("cost");
		assertThat(absent.get("source").isNull()).isTrue();
		assertThat(absent.get("requests").asInt()).isZero();
	}

	@Test
	void shouldSayWhereAnEntryStands() throws Exception {
		console.database().put("a", "1");
		JsonNode pending = console.view("value", Map.of("database", NAME, "key", "a"));
		assertThat(pending.at("/location/source").asString()).isEqualTo("PENDING");
		assertThat(pending.at("/location/name").asString()).startsWith("pending_");
		assertThat(pending.get("lookRequests").asInt()).isZero();
		console.database().upload();
		JsonNode committed = console.view("value", Map.of("database", NAME, "key", "a"));
		assertThat(committed.at("/location/source").asString()).isIn("LOCAL", "BUCKET");
		assertThat(committed.at("/location/name").asString()).startsWith("data_");
		assertThat(committed.at("/location/offset").asInt()).isPositive();
		assertThat(committed.at("/location/seq").asInt()).isPositive();
		assertThat(committed.at("/location/written").isNull()).isFalse();
		assertThat(committed.get("lookRequests").asInt()).isOne();
		assertThat(console.view("value", Map.of("database", NAME, "key", "b")).get("location").isNull()).isTrue();
	}

	@Test
	void shouldListCommitsAndTellTheirKeys() throws Exception {
		console.database().put(Map.of("a", "1", "b", "1"));
		console.database().upload();
		console.database().put("c", "1");
		console.database().delete("a");
		console.database().upload();
		JsonNode two = console.view("commits", Map.of("database", NAME, "limit", "2"));
		assertThat(two.get("commits")).hasSize(2);
		JsonNode last = two.at("/commits/0");
		assertThat(last.get("kind").asString()).isEqualTo("CHANGE");
		assertThat(last.get("entries").asInt()).isEqualTo(2);
		assertThat(last.get("time").isNull()).isFalse();
		JsonNode keys = console.view("commit", Map.of("database", NAME, "seq", last.get("seq").asString()));
		assertThat(keys.get("complete").asBoolean()).isTrue();
		assertThat(keys.get("putKeys").toString()).isEqualTo("[\"c\"]");
		assertThat(keys.get("deletedKeys").toString()).isEqualTo("[\"a\"]");
		JsonNode before = console.view("commit",
				Map.of("database", NAME, "file", two.at("/commits/1/dataFiles/0").asString()));
		assertThat(before.get("putKeys").toString()).isEqualTo("[\"a\",\"b\"]");
		assertThat(console.view("commits", Map.of("database", NAME, "limit", "2")).get("requests").asInt())
			.as("times are remembered")
			.isZero();
		assertThat(error(console.get(console.console("/commit?database=s4db&seq=99999"))))
			.startsWith("404 That commit");
		assertThat(error(console.get(console.console("/commit?database=s4db")))).isEqualTo("400 Say which commit.");
	}

	@Test
	void whenACommitHasMoreKeysThanMemoryIsGivenShouldNotTellThem() {
		CommitSummary large = new CommitSummary(CommitSummary.Kind.CHANGE, 7, null, null, null, List.of(1L),
				Views.MOST_ENTRIES + 1, 99);
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> Views.checkSize(large))
			.withMessageContaining("1,000,001 entries: too many to show");
	}

	@Test
	void shouldExportEntriesAsFiles() throws Exception {
		console.database().putBytes("b\u0000\"\\\n,\u202e€", new byte[] { 0, (byte) 0xff });
		console.database().put("k/1", "a \"b\",\r\n\tc");
		console.database().put("k/2", "");
		HttpResponse<String> ndjson = console.get(console.console("/export/s4db/some.ndjson?prefix=k%2F"));
		assertThat(header(ndjson, "Content-Type")).startsWith("application/x-ndjson");
		assertThat(header(ndjson, "Content-Security-Policy")).contains("default-src 'none'");
		assertThat(ndjson.body()).isEqualTo("""
				{"key":"k/1","value":"a \\"b\\",\\r\\n\\tc"}
				{"key":"k/2","value":""}
				""");
		HttpResponse<String> csv = console.get(console.console("/export/s4db/all.csv?prefix="));
		assertThat(header(csv, "Content-Type")).startsWith("text/csv");
		assertThat(csv.body()).startsWith("key,value,base64\n")
			.contains("k/1,\"a \"\"b\"\",\r\n\tc\",\n", "k/2,,\n", "\"b\u0000\"\"\\\n,\u202e€\",,AP8=\n");
		JsonNode odd = RunningConsole.json(console.get(console.console("/export/s4db/odd.ndjson?prefix=b")));
		assertThat(odd.get("key").asString()).isEqualTo("b\u0000\"\\\n,\u202e€");
		assertThat(odd.get("base64").asString()).isEqualTo("AP8=");
		for (String path : List.of("/export/s4db/all.txt", "/export/other/all.csv", "/else/s4db/all.csv")) {
			assertThat(console.get(console.console(path)).statusCode()).isEqualTo(404);
		}
	}

	@Test
	void shouldImportPairsAllOrNone() throws Exception {
		HttpResponse<String> put = console.change("import", Map.of("database", NAME, "pairs", "YQ==,MQ==\nYg==,AP8="));
		assertThat(RunningConsole.json(put).get("entries").asInt()).isEqualTo(2);
		assertThat(console.database().get("a")).isEqualTo("1");
		assertThat(console.database().getBytes("b")).containsExactly(0, 0xff);
		for (String wrong : List.of("", "Yw==", "Yw==,MQ==\n?,MQ==", "Yw==,MQ==\n\n")) {
			assertThat(console.change("import", Map.of("database", NAME, "pairs", wrong)).statusCode()).as(wrong)
				.isEqualTo(400);
		}
		assertThat(console.database().containsKey("c")).isFalse();
	}

	@Test
	void whenNothingRunsShouldSayThatThereIsNothingToCancel() throws Exception {
		HttpResponse<String> cancelled = console.change("perform", Map.of("database", NAME, "action", "cancel"));
		assertThat(error(cancelled)).isEqualTo("409 No action is running");
	}

	@Test
	void whenOthersReadOrUploadMeanwhileShouldNotTakeItsCostForAReads() {
		RequestCounts oneGet = new RequestCounts(1, 0, 0, 0, 0, 99, 0);
		assertThat(cost(new ReadCounts(0, 0, 0, 0, 1), oneGet)).isEqualTo(new Views.Cost("bucket", 1, 99, true));
		assertThat(cost(new ReadCounts(0, 1, 0, 0, 0), RequestCounts.NONE))
			.isEqualTo(new Views.Cost("local", 0, 0, true));
		assertThat(cost(new ReadCounts(0, 1, 0, 0, 0), oneGet).alone()).isFalse();
		assertThat(cost(new ReadCounts(0, 1, 0, 0, 1), oneGet)).isEqualTo(new Views.Cost(null, 1, 99, false));
		assertThat(cost(new ReadCounts(0, 0, 0, 0, 1), new RequestCounts(1, 0, 1, 0, 0, 99, 9)).alone()).isFalse();
	}

	private static Views.Cost cost(ReadCounts reads, RequestCounts requests) {
		return Views.Cost.of(ReadCounts.NONE, reads, requests);
	}

	@Test
	void shouldPutBytes() throws Exception {
		HttpResponse<String> put = console.change("put",
				Map.of("database", NAME, "key", "a", "value", "00 ff\n10", "encoding", "hex"));
		assertThat(RunningConsole.json(put).get("bytes").asInt()).isEqualTo(3);
		assertThat(console.database().getBytes("a")).containsExactly(0, 0xff, 0x10);
		HttpResponse<String> wrong = console.change("put",
				Map.of("database", NAME, "key", "a", "value", "0g", "encoding", "hex"));
		assertThat(wrong.statusCode()).isEqualTo(400);
		assertThat(console.database().getBytes("a")).hasSize(3);
	}

	@Test
	void shouldPerformActionsAsTheEndpointDoes() throws Exception {
		console.database().put("a", "1");
		HttpResponse<String> uploaded = console.change("perform", Map.of("database", NAME, "action", "upload"));
		assertThat(uploaded.statusCode()).isEqualTo(200);
		assertThat(RunningConsole.json(uploaded).get("status").asString()).isEqualTo("COMPLETED");
		JsonNode report = console.view("databases", Map.of()).at("/databases/" + NAME);
		assertThat(report.at("/operation/action").asString()).isEqualTo("upload");
		assertThat(report.at("/pending/entries").asInt()).isZero();
		HttpResponse<String> unknown = console.change("perform", Map.of("database", NAME, "action", "explode"));
		assertThat(unknown.statusCode()).isEqualTo(400);
		assertThat(RunningConsole.json(unknown).get("error").asString()).contains("explode");
	}

	@Test
	void whenSomethingIsMissingShouldSayWhat() throws Exception {
		assertThat(error(console.get(console.console("/value?database=s4db")))).isEqualTo("400 Say which key.");
		assertThat(error(console.get(console.console("/keys?database=x"))))
			.isEqualTo("404 There is no database 'x'. There are: s4db.");
		assertThat(error(console.change("put", Map.of("database", NAME, "key", "a"))))
			.isEqualTo("400 Say which value.");
		assertThat(error(console.change("put", Map.of("database", NAME, "key", "x".repeat(70_000), "value", ""))))
			.startsWith("400 ");
	}

	@Test
	void whenAPageOfAnotherSiteAsksForAChangeShouldRefuse() throws Exception {
		Map<String, String> body = Map.of("database", NAME, "key", "a", "value", "1");
		URI console = S4DBConsoleEndpointTests.console.console("");
		assertThat(change(body, "Sec-Fetch-Site", "cross-site")).isEqualTo(403);
		assertThat(change(body, "Sec-Fetch-Site", "same-site")).isEqualTo(403);
		assertThat(change(body, "Origin", "http://elsewhere.example")).isEqualTo(403);
		assertThat(change(body, "Origin", "null")).isEqualTo(403);
		assertThat(S4DBConsoleEndpointTests.console.database().containsKey("a")).isFalse();
		assertThat(change(body, "Sec-Fetch-Site", "same-origin")).isEqualTo(200);
		assertThat(change(body, "Origin", "http://" + console.getAuthority())).isEqualTo(200);
	}

	@Test
	void whenThePathIsWrittenOtherwiseShouldRefuseAllTheSame() throws Exception {
		URI encoded = console.uri("local.server.port", "/actuator/%734db-console/put");
		HttpResponse<String> response = console.post(encoded, "application/json",
				"{\"database\":\"s4db\",\"key\":\"a\",\"value\":\"1\"}", "Sec-Fetch-Site", "cross-site");
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(console.database().containsKey("a")).isFalse();
	}

	@Test
	void whatAFormCanSendShouldNotBeAChange() throws Exception {
		HttpResponse<String> response = console.post(console.console("/delete"), "text/plain",
				"{\"database\":\"s4db\",\"key\":\"a\"}");
		assertThat(response.statusCode()).isEqualTo(415);
	}

	private static int change(Map<String, String> body, String... headers) throws Exception {
		return console.change("put", body, headers).statusCode();
	}

	private static String error(HttpResponse<String> response) {
		return response.statusCode() + " " + RunningConsole.json(response).get("error").asString();
	}

	private static String header(HttpResponse<String> response, String name) {
		return response.headers().firstValue(name).orElse("");
	}

}
