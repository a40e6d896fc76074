package io.s4db.spring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link S4DBObservations}, with a database that is observed.
 */
class S4DBObservationsTests {

	private final TestObservationRegistry registry = TestObservationRegistry.create();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	/** Each observation when it ends: its path from the outermost one, and its keys. */
	private final List<String> ended = Collections.synchronizedList(new ArrayList<>());

	S4DBObservationsTests() {
		this.registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

			@Override
			public void onStop(Observation.Context context) {
				S4DBObservationsTests.this.ended.add(path(context));
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
	}

	private static String path(Observation.ContextView context) {
		String path = name(context) + keys(context);
		for (ObservationView outer = context.getParentObservation(); outer != null; outer = outer.getContextView()
			.getParentObservation()) {
			path = name(outer.getContextView()) + " > " + path;
		}
		return path;
	}

	private static String name(Observation.ContextView context) {
		if (context instanceof S4DBOperationContext operation) {
			return DefaultS4DBOperationConvention.INSTANCE.getContextualName(operation);
		}
		return (context instanceof BucketRequestContext request)
				? DefaultBucketRequestConvention.INSTANCE.getContextualName(request)
				: String.valueOf(context.getName());
	}

	private static String keys(Observation.ContextView context) {
		Map<String, String> keys = new LinkedHashMap<>();
		for (KeyValue key : context.getLowCardinalityKeyValues()) {
			keys.put(key.getKey(), key.getValue());
		}
		keys.remove("operation");
		keys.remove("request");
		return keys.toString();
	}

	private List<String> ended() {
		synchronized (this.ended) {
			List<String> copy = List.copyOf(this.ended);
			this.ended.clear();
			return copy;
		}
	}

	private S4DB open(UnaryOperator<S4DBOptions.Builder> options) {
		return S4DBEngine.open(this.bucket,
				options.apply(S4DBOptions.builder().observer(new S4DBObservations("db", this.registry))).build());
	}

	@Test
	void aRequestShouldBeAPartOfTheOperationThatCausedIt() {
		try (S4DB writer = open((options) -> options)) {
			writer.put("a", "1");
			writer.upload();
		}
		assertThat(ended()).contains("s4db open{database=db, source=none}", "s4db put{database=db, source=none}",
				"s4db upload > s4db bucket put{database=db, outcome=success}", "s4db upload{database=db, source=none}",
				"s4db close{database=db, source=none}");
		try (S4DB reader = open((options) -> options.mode(Mode.READ_ONLY))) {
			ended();
			Observation.createNotStarted("http", this.registry).contextualName("http").observe(() -> reader.get("a"));
			assertThat(ended()).containsExactly("http > s4db get > s4db bucket get{database=db, outcome=success}",
					"http > s4db get{database=db, source=bucket}", "http{}");
			reader.get("a");
			assertThat(ended()).containsExactly("s4db get{database=db, source=cache}");
		}
	}

	@Test
	void requestsOfOtherThreadsShouldBeAPartOfItToo() {
		Map<String, String> values = new LinkedHashMap<>();
		for (int i = 0; i < 30; i++) {
			values.put("key" + i, Integer.toHexString(i).repeat(700));
		}
		try (S4DB writer = S4DBEngine.open(this.bucket, S4DBOptions.builder().maxFileSize(1024).build())) {
			values.forEach((key, value) -> {
				writer.put(key, value);
				writer.upload();
			});
		}
		try (S4DB reader = open((options) -> options.mode(Mode.READ_ONLY))) {
			ended();
			assertThat(reader.getAll(values.keySet())).isEqualTo(values);
		}
		List<String> requests = ended().stream().filter((path) -> path.contains("bucket get")).toList();
		assertThat(requests).hasSizeGreaterThan(20)
			.allMatch((path) -> path.startsWith("s4db getAll > s4db bucket get"));
	}

	@Test
	void whatATemplateObservesShouldNotBeObservedTwice() {
		try (S4DB database = open((options) -> options)) {
			S4DBTemplate template = new S4DBTemplate(database, "db", this.registry, ValueCodecs.defaults());
			template.put("a", "1");
			ended();
			template.get("a");
			assertThat(ended()).containsExactly("s4db get{database=db, source=pending}");
			template.upload();
			assertThat(ended()).last().isEqualTo("s4db upload{database=db, source=none}");
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> template.put("x".repeat(70_000), ""));
			assertThat(ended()).containsExactly("s4db put{database=db, source=none}");
		}
	}

	@Test
	void shouldUseTheConventionsGiven() {
		S4DBObservations observations = new S4DBObservations(() -> "db", this.registry,
				new DefaultS4DBOperationConvention() {

					@Override
					public String getName() {
						return "my.operation";
					}

				}, new DefaultBucketRequestConvention() {

					@Override
					public String getName() {
						return "my.request";
					}

				});
		try (S4DB database = S4DBEngine.open(this.bucket, S4DBOptions.builder().observer(observations).build())) {
			database.size();
		}
		TestObservationRegistryAssert.assertThat(this.registry).hasObservationWithNameEqualTo("my.operation");
		TestObservationRegistryAssert.assertThat(this.registry).hasObservationWithNameEqualTo("my.request");
		TestObservationRegistryAssert.assertThat(this.registry).doesNotHaveAnyRemainingCurrentObservation();
	}

}
