package io.s4db.spring.actuate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.s4db.CorruptDataException;
import io.s4db.ForeignWriterException;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.WriterFencedException;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Tasks;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.spring.testing.StubStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link S4DBEndpoint} through a real web server, with the requests that
 * {@code curl} and {@code curl -X POST} send.
 */
class S4DBEndpointWebTests {

	private static final List<String> EXPOSED = List.of("--management.endpoints.web.exposure.include=s4db,health",
			"--management.endpoint.s4db.access=unrestricted");

	private final HttpClient client = HttpClient.newHttpClient();

	private @Nullable ServletWebServerApplicationContext running;

	@AfterEach
	void stop() {
		if (this.running != null) {
			this.running.close();
		}
	}

	@Test
	void whenReadShouldShowEachDatabaseByName() throws Exception {
		start(OneDatabase.class, EXPOSED);
		database("products").put("a", "1");
		Answer answer = get("/actuator/s4db");
		assertThat(answer.status()).isEqualTo(200);
		JsonNode report = answer.body().get("products");
		assertThat(report.get("state").asString()).isEqualTo("OPEN");
		assertThat(report.at("/bucket/reachable").asBoolean()).isTrue();
		assertThat(report.at("/index/keys").asInt()).isEqualTo(1);
		assertThat(report.at("/index/garbageBytes").asInt()).isEqualTo(40);
		assertThat(report.at("/index/matchesBucket").asBoolean()).isFalse();
		assertThat(report.at("/pending/bytes").asInt()).isEqualTo(10);
		assertThat(report.at("/pending/age").asString()).startsWith("PT");
		assertThat(report.at("/dataFiles/0/garbageBytes").asInt()).isEqualTo(40);
		assertThat(report.at("/dataFiles/0/local").asBoolean()).isTrue();
		assertThat(report.at("/requests/estimatedDollars").asDouble()).isPositive();
		assertThat(report.at("/cache/hitRate").asDouble()).isEqualTo(0.75);
		assertThat(report.at("/diskCache/bytes").asLong()).isEqualTo(80);
		assertThat(report.at("/index/exact").asBoolean()).isTrue();
		assertThat(report.get("index").has("pages")).isFalse();
		assertThat(report.has("operation")).isFalse();
		assertThat(get("/actuator/s4db/products").body().get("state").asString()).isEqualTo("OPEN");
		assertThat(get("/actuator/s4db/nothing").status()).isEqualTo(404);
	}

	@Test
	void whenTheDatabaseHasSeenTheBucketLaterShouldShowWhatItSaw() throws Exception {
		start(OneDatabase.class, EXPOSED);
		StubS4DB database = database("products");
		database.figures((figures) -> figures.withLastSeen(Instant.now()));
		assertThat(get("/actuator/s4db").body().at("/products/bucket/seq").asLong()).isOne();
		post("/actuator/s4db/upload");
		database.figures((figures) -> figures.withLastSeen(Instant.now()));
		JsonNode report = get("/actuator/s4db").body().get("products");
		assertThat(report.at("/commits/seq").asLong()).isEqualTo(2);
		assertThat(report.at("/bucket/seq").asLong()).isEqualTo(2);
		assertThat(report.at("/index/matchesBucket").asBoolean()).isTrue();
	}

	@Test
	void whenTheBucketIsAwayShouldShowWhenItWasReached() throws Exception {
		start(OneDatabase.class, EXPOSED);
		database("products").beforeWork(() -> {
			throw new StoreUnavailableException("away");
		});
		JsonNode bucket = get("/actuator/s4db").body().at("/products/bucket");
		assertThat(bucket.get("reachable").asBoolean()).isFalse();
		assertThat(bucket.get("problem").asString()).isEqualTo("away");
		assertThat(bucket.get("seen").asString()).isEqualTo("1970-01-01T00:00:00Z");
	}

	@Test
	void whenTheBucketHasLessThanTheDatabaseSawShouldNotMatch() throws Exception {
		start(OneDatabase.class, EXPOSED);
		database("products").figures((figures) -> figures.withLastSeen(Instant.now()));
		get("/actuator/s4db");
		post("/actuator/s4db/upload");
		database("products").figures((figures) -> figures.withLastSeen(Instant.EPOCH));
		JsonNode report = get("/actuator/s4db").body().get("products");
		assertThat(report.at("/bucket/seq").asLong()).isOne();
		assertThat(report.at("/index/matchesBucket").asBoolean()).isFalse();
	}

	@Test
	void whenPostedShouldSayWhatEachActionDid() throws Exception {
		start(OneDatabase.class, EXPOSED);
		database("products").put("a", "1");
		Answer compacted = post("/actuator/s4db/compact");
		assertThat(compacted.status()).isEqualTo(200);
		assertThat(compacted.body().get("status").asString()).isEqualTo("COMPLETED");
		assertThat(compacted.body().get("database").asString()).isEqualTo("products");
		assertThat(compacted.body().get("action").asString()).isEqualTo("compact");
		assertThat(compacted.body().at("/result/reclaimedBytes").asInt()).isEqualTo(200);
		assertThat(post("/actuator/s4db/upload").body().at("/result/entries").asInt()).isEqualTo(1);
		assertThat(post("/actuator/s4db/download").body().at("/result/dataFiles").asInt()).isEqualTo(2);
		assertThat(post("/actuator/s4db/refresh").body().at("/result/changed").asBoolean()).isFalse();
		assertThat(post("/actuator/s4db/flush").body().at("/result/pendingEntries").asInt()).isZero();
		assertThat(post("/actuator/s4db/checkpoint").body().at("/result/checkpointSeq").asInt()).isEqualTo(2);
		assertThat(post("/actuator/s4db/verify").body().at("/result/clean").asBoolean()).isTrue();
		Answer rebuilt = post("/actuator/s4db/rebuild-index");
		assertThat(rebuilt.body().at("/result/keys").asInt()).isEqualTo(1);
		assertThat(rebuilt.body().get("hint").asString()).contains("next upload");
		assertThat(post("/actuator/s4db/upload-all").status()).isEqualTo(200);
		assertThat(database("products").calls()).containsExactly("compact", "upload CHANGED", "download", "refresh",
				"flush", "checkpoint", "verify", "rebuild", "upload ALL");
		assertThat(get("/actuator/s4db").body().at("/products/operation/action").asString()).isEqualTo("upload-all");
		assertThat(get("/actuator/s4db").body().at("/products/operation/status").asString()).isEqualTo("COMPLETED");
	}

	@Test
	void whenSeveralDatabasesShouldWantTheName() throws Exception {
		start(TwoDatabases.class, EXPOSED);
		assertThat(get("/actuator/s4db").body().propertyNames()).containsExactlyInAnyOrder("first", "second");
		Answer nameless = post("/actuator/s4db/compact");
		assertThat(nameless.status()).isEqualTo(400);
		assertThat(nameless.body().get("error").asString()).contains("{name}/{action}");
		assertThat(nameless.body().get("choices")).hasSize(2);
		assertThat(post("/actuator/s4db/second/compact").status()).isEqualTo(200);
		assertThat(database("second").calls()).contains("compact");
		assertThat(database("first").calls()).doesNotContain("compact");
		assertThat(post("/actuator/s4db/third/compact").status()).isEqualTo(404);
	}

	@Test
	void whenAnActionFailsWithAnErrorShouldNotKeepLaterOnesOut() throws Exception {
		start(OneDatabase.class, EXPOSED);
		database("products").beforeWork(() -> {
			throw new OutOfMemoryError("Java heap space");
		});
		Answer failed = post("/actuator/s4db/compact");
		assertThat(failed.status()).isEqualTo(500);
		assertThat(failed.body().get("error").asString()).contains("Java heap space");
		database("products").beforeWork(() -> {
		});
		assertThat(post("/actuator/s4db/compact").status()).isEqualTo(200);
	}

	@Test
	void whenTheActionIsUnknownShouldNameThoseThatThereAre() throws Exception {
		start(OneDatabase.class, EXPOSED);
		Answer answer = post("/actuator/s4db/explode");
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.body().get("status").asString()).isEqualTo("REFUSED");
		assertThat(answer.body().get("choices").toString()).contains("compact", "upload", "rebuild-index");
	}

	@Test
	void whenAnActionTakesLongShouldAnswer202AndRefuseASecondOne() throws Exception {
		start(ImpatientEndpoint.class, EXPOSED);
		StubS4DB database = database("products");
		CountDownLatch finish = new CountDownLatch(1);
		database.beforeWork(() -> await(finish));
		Answer accepted = post("/actuator/s4db/compact");
		assertThat(accepted.status()).isEqualTo(202);
		assertThat(accepted.body().get("status").asString()).isEqualTo("RUNNING");
		assertThat(accepted.body().get("hint").asString()).contains("GET");
		assertThat(get("/actuator/s4db").body().at("/products/operation/status").asString()).isEqualTo("RUNNING");
		Answer refused = post("/actuator/s4db/upload");
		assertThat(refused.status()).isEqualTo(409);
		assertThat(refused.body().get("action").asString()).isEqualTo("compact");
		assertThat(refused.body().get("error").asString()).isEqualTo("Another action is running");
		assertThat(database.calls()).contains("compact").doesNotContain("upload CHANGED");
		finish.countDown();
		JsonNode operation;
		do {
			operation = get("/actuator/s4db").body().at("/products/operation");
		}
		while (operation.get("status").asString().equals("RUNNING"));
		assertThat(operation.get("status").asString()).isEqualTo("COMPLETED");
		assertThat(operation.at("/progress/percent").asInt()).isEqualTo(100);
		assertThat(operation.at("/result/inputFiles").asInt()).isEqualTo(3);
		assertThat(post("/actuator/s4db/flush").status()).isIn(200, 202);
	}

	@Test
	void whenAnActionIsCancelledShouldEndItAndSaySo() throws Exception {
		start(ImpatientEndpoint.class, EXPOSED);
		Answer nothing = post("/actuator/s4db/cancel");
		assertThat(nothing.status()).isEqualTo(409);
		assertThat(nothing.body().get("error").asString()).isEqualTo("No action is running");
		CountDownLatch never = new CountDownLatch(1);
		database("products").beforeWork(() -> awaitOrFail(never));
		assertThat(post("/actuator/s4db/compact").status()).isEqualTo(202);
		assertThat(post("/actuator/s4db/products/cancel").status()).isIn(200, 202);
		JsonNode operation;
		do {
			operation = get("/actuator/s4db").body().at("/products/operation");
		}
		while (operation.get("status").asString().equals("RUNNING"));
		assertThat(operation.get("status").asString()).isEqualTo("CANCELLED");
		assertThat(operation.get("action").asString()).isEqualTo("compact");
		assertThat(operation.get("error").asString()).contains("interrupted");
		assertThat(operation.get("hint").asString()).contains("cancelled");
		assertThat(post("/actuator/s4db/cancel").status()).isEqualTo(409);
		database("products").beforeWork(() -> {
		});
		assertThat(post("/actuator/s4db/flush").status()).isIn(200, 202);
	}

	private static void awaitOrFail(CountDownLatch latch) {
		await(latch);
		if (Thread.currentThread().isInterrupted()) {
			throw new S4DBException("interrupted");
		}
	}

	@Test
	void whenAnActionFailsShouldSayWhatWentWrong() throws Exception {
		start(OneDatabase.class, EXPOSED);
		assertFailure(new StoreUnavailableException("the network is down"), 503, "the network is down");
		assertFailure(new WriterFencedException("epoch 3"), 409, "epoch 3");
		assertFailure(new ForeignWriterException("index.idx differs"), 409, "index.idx differs");
		assertFailure(new UnsupportedOperationException("read-only"), 409, "read-only");
		assertFailure(new CorruptDataException("data_000001.s4db at offset 7"), 500, "offset 7");
		assertFailure(new IllegalStateException("a bug"), 500, "a bug");
		assertThat(get("/actuator/s4db").body().at("/products/operation/status").asString()).isEqualTo("FAILED");
		database("products").beforeWork(() -> {
		});
		assertThat(post("/actuator/s4db/compact").status()).isEqualTo(200);
	}

	private void assertFailure(RuntimeException failure, int status, String error) throws Exception {
		database("products").beforeWork(() -> {
			throw failure;
		});
		Answer answer = post("/actuator/s4db/compact");
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.body().get("status").asString()).isEqualTo("FAILED");
		assertThat(answer.body().get("error").asString()).contains(error);
	}

	@Test
	void whenTheDatabaseIsClosedShouldStillAnswer() throws Exception {
		start(OneDatabase.class, EXPOSED);
		database("products").close();
		assertThat(get("/actuator/s4db").body().at("/products/state").asString()).isEqualTo("CLOSED");
		assertThat(post("/actuator/s4db/compact").status()).isEqualTo(503);
	}

	@Test
	void whenAccessIsNotGivenShouldReadButNotWrite() throws Exception {
		start(OneDatabase.class, EXPOSED.subList(0, 1));
		assertThat(get("/actuator/s4db").status()).isEqualTo(200);
		assertThat(send("/actuator/s4db/compact", "POST").statusCode()).isEqualTo(405);
		assertThat(send("/actuator/s4db/products/compact", "POST").statusCode()).isEqualTo(404);
		assertThat(database("products").calls()).doesNotContain("compact");
	}

	@Test
	void whenNotExposedShouldNotBeThere() throws Exception {
		start(OneDatabase.class, List.of());
		assertThat(send("/actuator/s4db", "GET").statusCode()).isEqualTo(404);
		assertThat(context().getBeanNamesForType(S4DBEndpoint.class)).isEmpty();
	}

	private void start(Class<?> configuration, List<String> arguments) {
		List<String> all = new ArrayList<>(arguments);
		all.add("--server.port=0");
		all.add("--server.address=127.0.0.1");
		all.add("--spring.main.banner-mode=off");
		all.add("--spring.cloud.aws.region.static=eu-central-1");
		this.running = (ServletWebServerApplicationContext) SpringApplication.run(configuration,
				all.toArray(String[]::new));
	}

	private ServletWebServerApplicationContext context() {
		return Objects.requireNonNull(this.running);
	}

	private StubS4DB database(String name) {
		return context().getBean(name, StubS4DB.class);
	}

	private Answer get(String path) throws IOException, InterruptedException {
		return answer(send(path, "GET"));
	}

	private Answer post(String path) throws IOException, InterruptedException {
		return answer(send(path, "POST"));
	}

	private Answer answer(HttpResponse<String> response) {
		String body = response.body();
		return new Answer(response.statusCode(), JsonMapper.shared().readTree(body.isEmpty() ? "null" : body));
	}

	private HttpResponse<String> send(String path, String method) throws IOException, InterruptedException {
		int port = Objects.requireNonNull(context().getWebServer()).getPort();
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
			.header("Accept", "*/*")
			.method(method, HttpRequest.BodyPublishers.noBody())
			.build();
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	private static void await(CountDownLatch latch) {
		try {
			if (!latch.await(30, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Not released");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * An answer.
	 *
	 * @param status its status
	 * @param body its body
	 */
	private record Answer(int status, JsonNode body) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OneDatabase {

		@Bean
		StubS4DB products() {
			return new StubS4DB();
		}

		@Bean
		StubStore store() {
			return new StubStore();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TwoDatabases {

		@Bean
		StubS4DB first() {
			return new StubS4DB();
		}

		@Bean
		StubS4DB second() {
			return new StubS4DB();
		}

	}

	/** Answers at once, whether the action has ended or not. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ImpatientEndpoint extends OneDatabase {

		@Bean
		S4DBEndpoint s4dbEndpoint(ManagedDatabases databases, Tasks tasks) {
			return new S4DBEndpoint(databases, tasks, Duration.ZERO);
		}

	}

}
