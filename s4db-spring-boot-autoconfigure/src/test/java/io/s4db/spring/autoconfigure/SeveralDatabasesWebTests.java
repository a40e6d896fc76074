package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.s4db.spring.S4DBOperations;
import io.s4db.spring.S4DBTemplate;
import io.s4db.store.testing.S3Quirk;
import io.s4db.store.testing.S3TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.TransientDataAccessResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of an application with a database in a directory and one in a bucket that cannot
 * be reached when it starts, with the requests that {@code curl} sends.
 */
class SeveralDatabasesWebTests {

	private final S3TestServer server = new S3TestServer();

	private final HttpClient client = HttpClient.newHttpClient();

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void whenOneIsDownAtTheStartShouldServeTheOtherAndRecover(@TempDir Path directory) throws Exception {
		this.server.with(S3Quirk.IS_DOWN);
		try (ServletWebServerApplicationContext context = start(directory)) {
			Orders orders = context.getBean(Orders.class);
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.put("a", "1");
			assertThatExceptionOfType(TransientDataAccessResourceException.class)
				.isThrownBy(() -> orders.all.put("a", new Order("A", 1)));
			JsonNode reports = get(context, "/actuator/s4db", 200);
			assertThat(reports.propertyNames()).containsExactlyInAnyOrder("s4db", "orders");
			assertThat(reports.at("/s4db/state").asString()).isEqualTo("OPEN");
			assertThat(reports.at("/s4db/bucket/location").asString()).contains("db");
			assertThat(reports.at("/orders/state").asString()).isEqualTo("OPENING");
			assertThat(reports.at("/orders/bucket/location").asString())
				.isEqualTo("s3://" + S3TestServer.BUCKET + "/orders/");
			JsonNode health = get(context, "/actuator/health/s4db", 503);
			assertThat(health.at("/components/s4db/status").asString()).isEqualTo("UP");
			assertThat(health.at("/components/orders/status").asString()).isEqualTo("DOWN");
			assertThat(health.at("/components/orders/details/location").asString()).contains("/orders/");
			assertThat(post(context, "/actuator/s4db/upload", 400).at("/choices").size()).isEqualTo(2);
			assertThat(post(context, "/actuator/s4db/s4db/upload", 200).at("/result/entries").asInt()).isOne();
			post(context, "/actuator/s4db/orders/upload", 503);
			assertThat(get(context, "/actuator/metrics/s4db.open?tag=database:orders", 200).at("/measurements/0/value")
				.asInt()).isZero();
			this.server.without(S3Quirk.IS_DOWN);
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(get(context, "/actuator/s4db/orders", 200).at("/state").asString())
					.isEqualTo("OPEN"));
			orders.all.put("a", new Order("A", 1));
			orders.all.computeIfPresent("a", (key, order) -> new Order(order.place(), order.items() + 1));
			assertThat(post(context, "/actuator/s4db/orders/upload", 200).at("/database").asString())
				.isEqualTo("orders");
			assertThat(this.server.requests())
				.anySatisfy((request) -> assertThat(request.toString()).contains("orders/data_000001.s4db"));
			assertThat(template.get("a")).isEqualTo("1");
			assertThat(get(context, "/actuator/metrics/s4db.operation?tag=database:orders&tag=operation:replace", 200)
				.at("/name")
				.asString()).isEqualTo("s4db.operation");
		}
		try (ServletWebServerApplicationContext context = start(directory)) {
			assertThat(context.getBean(Orders.class).all.get("a")).isEqualTo(new Order("A", 2));
			assertThat(context.getBean(S4DBTemplate.class).get("a")).isEqualTo("1");
			get(context, "/actuator/health/s4db", 200);
		}
	}

	@Test
	void whenADatabaseIsReadOnlyShouldNameItsOwnProperty(@TempDir Path directory) throws Exception {
		start(directory).close();
		try (ServletWebServerApplicationContext context = start(directory, "--s4db.databases.orders.mode=read-only",
				"--s4db.mode=read-only")) {
			assertThat(post(context, "/actuator/s4db/orders/upload", 409).at("/hint").asString())
				.isEqualTo("The database is opened with s4db.databases.orders.mode=read-only.");
			assertThat(post(context, "/actuator/s4db/s4db/upload", 409).at("/hint").asString())
				.isEqualTo("The database is opened with s4db.mode=read-only.");
		}
	}

	private ServletWebServerApplicationContext start(Path directory, String... properties) {
		List<String> args = new ArrayList<>(List.of("--server.port=0", "--server.address=127.0.0.1",
				"--spring.main.banner-mode=off", "--management.endpoints.web.exposure.include=health,s4db,metrics",
				"--management.endpoint.s4db.access=unrestricted", "--management.endpoint.health.show-details=always",
				"--s4db.store=directory", "--s4db.directory.path=" + directory.resolve("db"),
				"--s4db.databases.orders.bucket=" + S3TestServer.BUCKET, "--s4db.databases.orders.prefix=orders/",
				"--s4db.databases.orders.upload.interval=off", "--spring.cloud.aws.region.static=us-east-1",
				"--spring.cloud.aws.credentials.access-key=" + S3TestServer.ACCESS_KEY,
				"--spring.cloud.aws.credentials.secret-key=" + S3TestServer.SECRET_KEY,
				"--spring.cloud.aws.s3.endpoint=" + this.server.endpoint(),
				"--spring.cloud.aws.s3.path-style-access-enabled=true"));
		args.addAll(List.of(properties));
		return (ServletWebServerApplicationContext) SpringApplication.run(Application.class,
				args.toArray(String[]::new));
	}

	private JsonNode get(ServletWebServerApplicationContext context, String path, int status)
			throws IOException, InterruptedException {
		return send(context, path, "GET", status);
	}

	private JsonNode post(ServletWebServerApplicationContext context, String path, int status)
			throws IOException, InterruptedException {
		return send(context, path, "POST", status);
	}

	private JsonNode send(ServletWebServerApplicationContext context, String path, String method, int status)
			throws IOException, InterruptedException {
		int port = Objects.requireNonNull(context.getWebServer()).getPort();
		HttpResponse<String> response = this.client
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
				.header("Accept", "*/*")
				.method(method, HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		return JsonMapper.shared().readTree(response.body());
	}

	/**
	 * Something to store.
	 *
	 * @param place where
	 * @param items how many
	 */
	record Order(String place, int items) {
	}

	/** Who uses the database beside the default one. */
	static class Orders {

		private final S4DBOperations<Order> all;

		Orders(S4DBTemplate template) {
			this.all = template.forType(Order.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Orders orders(@Qualifier("orders") S4DBTemplate template) {
			return new Orders(template);
		}

	}

}
