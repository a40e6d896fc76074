package io.s4db.spring.console;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.s4db.S4DB;
import io.s4db.StoreUnavailableException;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectInfo;
import io.s4db.store.memory.InMemoryObjectStore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application that has the console, over a database in memory, on a port of its own.
 */
final class RunningConsole implements AutoCloseable {

	static final String[] EXPOSED = { "management.endpoints.web.exposure.include=s4db-console" };

	static final String[] READ_ONLY = { EXPOSED[0], "management.endpoint.s4db-console.access=read-only" };

	static final String[] ALLOWED = { EXPOSED[0], "management.endpoint.s4db-console.access=unrestricted",
			"s4db.console.actions-allowed=true" };

	private static final Map<String, Object> DEFAULTS = Map.of("server.port", "0", "server.address", "127.0.0.1",
			"s4db.store", "memory", "s4db.upload.interval", "off", "spring.main.banner-mode", "off",
			"logging.level.root", "warn");

	private final HttpClient client = HttpClient.newHttpClient();

	private final ConfigurableApplicationContext context;

	private RunningConsole(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static RunningConsole start(String[] properties, String... more) {
		SpringApplication application = new SpringApplication(Application.class);
		// Both are on the class path.
		application.setWebApplicationType(WebApplicationType.SERVLET);
		application.setDefaultProperties(DEFAULTS);
		return new RunningConsole(application
			.run(Stream.of(properties, more).flatMap(Stream::of).map("--"::concat).toArray(String[]::new)));
	}

	S4DB database() {
		return database("s4db");
	}

	S4DB database(String name) {
		return Views.database(this.context.getBean(ManagedDatabases.class), name).database();
	}

	/** The address of a path of the console. */
	URI console(String path) {
		return uri("local.server.port", "/actuator/s4db-console" + path);
	}

	URI uri(String port, String path) {
		return URI.create("http://127.0.0.1:" + this.context.getEnvironment().getProperty(port) + path);
	}

	HttpResponse<String> get(URI uri) throws Exception {
		return this.client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
	}

	JsonNode view(String view, Map<String, String> parameters) throws Exception {
		return json(get(console("/" + view + "?" + query(parameters))));
	}

	HttpResponse<String> post(URI uri, String type, String body, String... headers) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri)
			.header("Content-Type", type)
			.POST(BodyPublishers.ofString(body));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	HttpResponse<String> change(String change, Map<String, String> body, String... headers) throws Exception {
		return post(console("/" + change), "application/json", JsonMapper.shared().writeValueAsString(body), headers);
	}

	static JsonNode json(HttpResponse<String> response) {
		return JsonMapper.shared().readTree(response.body());
	}

	private static String query(Map<String, String> parameters) {
		return parameters.entrySet()
			.stream()
			.map((parameter) -> parameter.getKey() + "="
					+ URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
			.collect(Collectors.joining("&"));
	}

	@Override
	public void close() {
		this.context.close();
	}

	/** Has everything that lists the bucket wait, until it is interrupted or let go. */
	HeldStore hold() {
		HeldStore store = this.context.getBean(HeldStore.class);
		store.latch = new CountDownLatch(1);
		return store;
	}

	/** A store that can be made to wait. */
	static final class HeldStore extends ForwardingObjectStore {

		private volatile CountDownLatch latch = new CountDownLatch(0);

		HeldStore() {
			super(new InMemoryObjectStore());
		}

		void letGo() {
			this.latch.countDown();
		}

		@Override
		public Stream<ObjectInfo> list(String namePrefix) {
			try {
				this.latch.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new StoreUnavailableException("interrupted");
			}
			return super.list(namePrefix);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@ConditionalOnProperty("tests.held")
		HeldStore heldStore() {
			return new HeldStore();
		}

	}

}
