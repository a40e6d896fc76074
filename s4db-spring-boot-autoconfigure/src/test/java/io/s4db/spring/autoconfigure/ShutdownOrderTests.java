package io.s4db.spring.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.testing.StubS4DB;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the last upload has what the last requests wrote.
 */
class ShutdownOrderTests {

	@Test
	void whenARequestIsUnderWayAtShutdownShouldUploadWhatItWrites() throws Exception {
		SpringApplication application = new SpringApplication(Application.class);
		ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) application.run(
				"--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
				"--spring.cloud.aws.region.static=eu-central-1");
		StubS4DB database = context.getBean(StubS4DB.class);
		SlowController controller = context.getBean(SlowController.class);
		int port = Objects.requireNonNull(context.getWebServer()).getPort();
		CompletableFuture<HttpResponse<String>> answer = HttpClient.newHttpClient()
			.sendAsync(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/slow"))
				.POST(HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(controller.begun.await(30, TimeUnit.SECONDS)).isTrue();
		context.close();
		assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
		assertThat(database.calls()).containsExactly("put late", "upload CHANGED", "close");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		StubS4DB database() {
			return new StubS4DB();
		}

		@Bean
		SlowController slowController(S4DBTemplate template, StubS4DB database) {
			return new SlowController(template, database);
		}

		@Bean
		BeforeWebServersDrain beforeWebServersDrain(SlowController controller) {
			return new BeforeWebServersDrain(controller);
		}

	}

	/**
	 * Lets the request go on once everything has stopped that stops before web servers
	 * drain.
	 */
	static class BeforeWebServersDrain implements SmartLifecycle {

		private final SlowController controller;

		private volatile boolean running;

		BeforeWebServersDrain(SlowController controller) {
			this.controller = controller;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			this.controller.closing.countDown();
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return DEFAULT_PHASE - 1023;
		}

	}

	@RestController
	static class SlowController {

		private final CountDownLatch begun = new CountDownLatch(1);

		private final CountDownLatch closing = new CountDownLatch(1);

		private final S4DBTemplate template;

		private final StubS4DB database;

		SlowController(S4DBTemplate template, StubS4DB database) {
			this.template = template;
			this.database = database;
		}

		@PostMapping("/slow")
		String write() throws InterruptedException {
			this.begun.countDown();
			if (!this.closing.await(30, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The application does not stop");
			}
			this.template.put("late", "1");
			this.database.calls().add("put late");
			return "written";
		}

	}

}
