package io.s4db.spring.console;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.autoconfigure.S4DBAutoConfiguration;
import io.s4db.store.ObjectInfo;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of where the console is, and of what may be done there.
 */
class ConsoleAccessTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(EndpointAutoConfiguration.class,
			WebEndpointAutoConfiguration.class, S4DBAutoConfiguration.class, S4DBConsoleAutoConfiguration.class);

	private final WebApplicationContextRunner web = new WebApplicationContextRunner()
		.withInitializer(ConsoleAccessTests::convertAsApplicationsDo)
		.withConfiguration(AUTO_CONFIGURATIONS)
		.withPropertyValues("s4db.store=memory");

	private static void convertAsApplicationsDo(ConfigurableApplicationContext context) {
		context.getEnvironment().setConversionService(new ApplicationConversionService());
	}

	@Test
	void whenNothingIsSetShouldNotBeThere() {
		this.web.run((context) -> assertThat(context).doesNotHaveBean(S4DBConsoleEndpoint.class));
	}

	@Test
	void whenAllEndpointsAreExposedShouldStillNotBeThere() {
		this.web.withPropertyValues("management.endpoints.web.exposure.include=*")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(S4DBConsoleEndpoint.class));
	}

	@Test
	void whenItsAccessAloneIsSetShouldNotBeThere() {
		this.web.withPropertyValues("management.endpoint.s4db-console.access=unrestricted")
			.run((context) -> assertThat(context).doesNotHaveBean(S4DBConsoleEndpoint.class));
	}

	@Test
	void whenExposedWithAccessShouldBeThere() {
		this.web.withPropertyValues(RunningConsole.READ_ONLY)
			.run((context) -> assertThat(context).hasSingleBean(S4DBConsoleEndpoint.class));
	}

	@Test
	void whenThereIsNoDatabaseShouldNotBeThere() {
		this.web.withPropertyValues(RunningConsole.READ_ONLY)
			.withPropertyValues("s4db.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(S4DBConsoleEndpoint.class));
	}

	@Test
	void whenTheApplicationIsNotOfTheWebShouldNotBeThere() {
		new ApplicationContextRunner().withInitializer(ConsoleAccessTests::convertAsApplicationsDo)
			.withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues("s4db.store=memory")
			.withPropertyValues(RunningConsole.ALLOWED)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(S4DBConsoleEndpoint.class));
	}

	@Test
	void whenAccessIsReadOnlyShouldChangeNothing() throws Exception {
		try (RunningConsole console = RunningConsole.start(RunningConsole.READ_ONLY,
				"s4db.console.actions-allowed=true")) {
			assertThat(put(console).statusCode()).isIn(404, 405);
			assertThat(console.database().size()).isZero();
			assertThat(console.view("databases", Map.of()).get("reason").asString())
				.isEqualTo("This console is read-only. To change anything here, set "
						+ "management.endpoint.s4db-console.access=unrestricted.");
		}
	}

	@Test
	void whenActionsAreNotAllowedShouldChangeNothingAndSayWhy() throws Exception {
		try (RunningConsole console = RunningConsole.start(RunningConsole.EXPOSED,
				"management.endpoint.s4db-console.access=unrestricted")) {
			HttpResponse<String> refused = put(console);
			assertThat(refused.statusCode()).isEqualTo(403);
			assertThat(RunningConsole.json(refused).get("error").asString()).isEqualTo(
					"This console is read-only. To change anything here, set s4db.console.actions-allowed=true.");
			assertThat(console.change("delete", Map.of("database", "s4db", "key", "a")).statusCode()).isEqualTo(403);
			assertThat(console.change("import", Map.of("database", "s4db", "pairs", "YQ==,YQ==")).statusCode())
				.isEqualTo(403);
			assertThat(console.change("perform", Map.of("database", "s4db", "action", "upload")).statusCode())
				.isEqualTo(403);
			assertThat(console.database().size()).isZero();
		}
	}

	@Test
	void whenActuatorHasAPortAndPathsOfItsOwnShouldBeThereAndGuarded() throws Exception {
		try (RunningConsole console = RunningConsole.start(RunningConsole.ALLOWED, "management.server.port=0",
				"management.server.address=127.0.0.1", "management.server.base-path=/admin",
				"management.endpoints.web.base-path=/ops",
				"management.endpoints.web.path-mapping.s4db-console=tools/db")) {
			URI page = console.uri("local.management.port", "/admin/ops/tools/db");
			HttpResponse<String> response = console.get(page);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).contains("href=\"db/static/console.css\"");
			assertThat(response.headers().firstValue("Content-Security-Policy")).isPresent();
			assertThat(console.get(page.resolve("db/static/console.js")).statusCode()).isEqualTo(200);
			URI put = page.resolve("db/put");
			String body = "{\"database\":\"s4db\",\"key\":\"a\",\"value\":\"1\"}";
			assertThat(console.post(put, "application/json", body, "Sec-Fetch-Site", "cross-site").statusCode())
				.isEqualTo(403);
			assertThat(console.post(put, "application/json", body, "Sec-Fetch-Site", "same-origin").statusCode())
				.isEqualTo(200);
			assertThat(console.get(console.console("")).statusCode()).isEqualTo(404);
		}
	}

	@Test
	void whenAValueIsInTheBucketAloneShouldSayWhatItsRequestBrought(@TempDir Path temp) throws Exception {
		try (S4DB writer = S4DBEngine.open(new DirectoryObjectStore(temp.resolve("bucket")),
				S4DBOptions.builder().localDir(temp.resolve("writer")).build())) {
			writer.put("a", "x".repeat(1000));
		}
		try (RunningConsole console = RunningConsole.start(RunningConsole.READ_ONLY, "s4db.store=directory",
				"s4db.prefix=", "s4db.directory.path=" + temp.resolve("bucket"),
				"s4db.local-dir=" + temp.resolve("reader"))) {
			JsonNode cost = console.view("value", Map.of("database", "s4db", "key", "a")).get("cost");
			assertThat(cost.get("source").asString()).isEqualTo("bucket");
			assertThat(cost.get("requests").asInt()).isOne();
			assertThat(cost.get("bytesRead").asInt()).isPositive();
			assertThat(cost.get("alone").asBoolean()).isTrue();
			assertThat(console.view("databases", Map.of()).at("/databases/s4db/dataFiles/0/local").asBoolean())
				.isFalse();
			JsonNode again = console.view("value", Map.of("database", "s4db", "key", "a")).get("cost");
			assertThat(again.get("source").asString()).isEqualTo("cache");
			assertThat(again.get("requests").asInt()).isZero();
		}
	}

	@Test
	void whenAnExportFailsHalfWayShouldNotLookWhole(@TempDir Path temp) throws Exception {
		DirectoryObjectStore bucket = new DirectoryObjectStore(temp.resolve("bucket"));
		try (S4DB writer = S4DBEngine.open(bucket,
				S4DBOptions.builder().localDir(temp.resolve("writer")).maxFileSize(1024).build())) {
			byte[] value = new byte[1 << 20];
			new Random(1).nextBytes(value);
			for (int i = 0; i < 6; i++) {
				writer.putBytes("key " + i, value);
			}
			writer.upload();
		}
		assertThat(bucket.list("data_").map(ObjectInfo::name)).contains("data_000006.s4db");
		bucket.delete("data_000006.s4db");
		try (RunningConsole console = RunningConsole.start(RunningConsole.READ_ONLY, "s4db.store=directory",
				"s4db.prefix=", "s4db.directory.path=" + temp.resolve("bucket"),
				"s4db.local-dir=" + temp.resolve("reader"))) {
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> console.get(console.console("/export/s4db/all.csv?prefix=key")));
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> console.get(console.console("/export/s4db/all.ndjson")));
		}
	}

	@Test
	void whenTheApplicationIsReactiveShouldBeThereAndGuarded() throws Exception {
		try (RunningConsole console = RunningConsole.start(RunningConsole.ALLOWED,
				"spring.main.web-application-type=reactive")) {
			HttpResponse<String> page = console.get(console.console(""));
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
			assertThat(page.headers().firstValue("Content-Security-Policy")).isPresent();
			HttpResponse<String> script = console.get(console.console("/static/console.js"));
			assertThat(script.headers().firstValue("Content-Type")).contains("text/javascript;charset=UTF-8");
			assertThat(console
				.change("put", Map.of("database", "s4db", "key", "a", "value", "1"), "Sec-Fetch-Site", "cross-site")
				.statusCode()).isEqualTo(403);
			assertThat(put(console).statusCode()).isEqualTo(200);
			assertThat(console.get(console.console("/export/s4db/all.csv")).body())
				.isEqualTo("key,value,base64\na,1,\n");
			assertThat(console.view("value", Map.of("database", "s4db", "key", "a")).get("base64").asString())
				.isEqualTo("MQ==");
		}
	}

	private static HttpResponse<String> put(RunningConsole console) throws Exception {
		return console.change("put", Map.of("database", "s4db", "key", "a", "value", "1"));
	}

}
