package io.s4db.spring.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.s4db.spring.BucketRequestContext;
import io.s4db.spring.DefaultBucketRequestConvention;
import io.s4db.spring.DefaultS4DBOperationConvention;
import io.s4db.spring.S4DBOperationContext;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what an application observes beside its own calls.
 */
class SignalsTests {

	private final List<String> ended = Collections.synchronizedList(new ArrayList<>());

	private final ApplicationContextRunner runner = Contexts.runner()
		.withConfiguration(AutoConfigurations.of(S4DBAutoConfiguration.class))
		.withPropertyValues("s4db.store=memory")
		.withBean(ObservationRegistry.class, this::registry);

	private ObservationRegistry registry() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

			@Override
			public void onStop(Observation.Context context) {
				SignalsTests.this.ended.add(line(context));
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		return registry;
	}

	private static String line(Observation.Context context) {
		if (context instanceof S4DBOperationContext operation) {
			return operation.getDatabase() + " " + operation.getName() + " " + operation.getOperation().id();
		}
		BucketRequestContext request = (BucketRequestContext) context;
		return request.getDatabase() + " " + request.getName() + " " + request.getRequest().id() + " "
				+ request.getObject();
	}

	@Test
	void uploadsAndRefreshesAtTheIntervalShouldBeObserved() {
		this.runner.withPropertyValues("s4db.upload.interval=10ms", "s4db.refresh.interval=10ms").run((context) -> {
			context.getBean(S4DBTemplate.class).put("a", "1");
			await().untilAsserted(() -> assertThat(List.copyOf(this.ended)).contains("s4db s4db.operation open",
					"s4db s4db.operation put", "s4db s4db.operation upload",
					"s4db s4db.bucket.request put manifest.json", "s4db s4db.operation refresh"));
		});
		assertThat(this.ended).contains("s4db s4db.operation close");
	}

	@Test
	void callsOfTheDatabaseAndLooksAtTheBucketShouldBeObserved() {
		this.runner
			.withPropertyValues("s4db.databases.orders.store=memory", "s4db.databases.orders.upload.interval=off")
			.run((context) -> {
				ManagedDatabase orders = Objects
					.requireNonNull(context.getBean(ManagedDatabases.class).byName().get("orders"));
				orders.database().put("a", "1");
				this.ended.clear();
				assertThat(orders.database().get("a")).isEqualTo("1");
				assertThat(this.ended).contains("orders s4db.operation get");
				orders.refresh();
				assertThat(this.ended).contains("orders s4db.bucket.request get manifest.json");
			});
	}

	@Test
	void shouldUseTheConventionsThatAreBeans() {
		this.runner.withBean(DefaultS4DBOperationConvention.class, () -> new DefaultS4DBOperationConvention() {

			@Override
			public String getName() {
				return "my.operation";
			}

		}).withBean(DefaultBucketRequestConvention.class, () -> new DefaultBucketRequestConvention() {

			@Override
			public String getName() {
				return "my.request";
			}

		}).run((context) -> {
			context.getBean(S4DBTemplate.class).put("a", "1");
			context.getBean(S4DBTemplate.class).upload();
			assertThat(this.ended)
				.contains("s4db my.operation put", "s4db my.operation upload", "s4db my.request put manifest.json")
				.noneMatch((line) -> line.contains("s4db.operation") || line.contains("s4db.bucket"));
		});
	}

}
