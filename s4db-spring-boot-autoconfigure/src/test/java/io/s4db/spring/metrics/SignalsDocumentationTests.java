package io.s4db.spring.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import io.s4db.S4DB;
import io.s4db.S4DBOperation;
import io.s4db.StoreRequest;
import io.s4db.spring.S4DBObservationDocumentation;
import io.s4db.spring.S4DBObservationDocumentation.DescribedKey;
import io.s4db.spring.runtime.DatabaseSignals;
import io.s4db.spring.runtime.DeferredS4DB;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Opener;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;

import org.springframework.beans.BeanUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the tables of {@code docs/SIGNALS.md} are those that the documentation in
 * the code gives. With {@code -Ds4db.docs.write=true} they are written.
 */
class SignalsDocumentationTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "SIGNALS.md");

	private final PrometheusNamingConvention prometheus = new PrometheusNamingConvention();

	@Test
	void theTablesShouldBeThoseOfTheCode() throws IOException {
		String written = Files.readString(DOCUMENT);
		String expected = with(with(written, "observations", observations()), "meters", meters());
		if (Boolean.getBoolean("s4db.docs.write")) {
			Files.writeString(DOCUMENT, expected);
		}
		else {
			assertThat(written).as("write it with -Ds4db.docs.write=true").isEqualTo(expected);
		}
	}

	private static String with(String document, String block, String content) {
		String begin = "<!-- generated: " + block + " -->\n";
		String end = "<!-- end of " + block + " -->\n";
		int from = document.indexOf(begin) + begin.length();
		int to = document.indexOf(end);
		assertThat(from).isGreaterThan(begin.length());
		assertThat(to).isGreaterThanOrEqualTo(from);
		return document.substring(0, from) + "\n" + content + "\n" + document.substring(to);
	}

	private String observations() {
		StringBuilder text = new StringBuilder();
		for (S4DBObservationDocumentation observation : S4DBObservationDocumentation.values()) {
			String name = name(observation);
			text.append((text.length() == 0) ? "" : "\n")
				.append("`" + name + "`, in Prometheus `" + this.prometheus.name(name, Meter.Type.TIMER) + "_count`,")
				.append(" `_sum` and `_max`: " + observation.describe() + ". Those that are under way: `" + name
						+ ".active`, in Prometheus `"
						+ this.prometheus.name(name + ".active", Meter.Type.LONG_TASK_TIMER)
						+ "_count`, `_sum` and `_max`.\n\n| key | values | where |\n|---|---|---|\n");
			rows(text, observation.getLowCardinalityKeyNames(), "timer and span");
			rows(text, observation.getHighCardinalityKeyNames(), "span");
		}
		return text.toString();
	}

	@SuppressWarnings("NullAway")
	private static String name(S4DBObservationDocumentation observation) {
		Class<? extends ObservationConvention<? extends Observation.Context>> convention = observation
			.getDefaultConvention();
		return BeanUtils.instantiateClass(convention).getName();
	}

	private static void rows(StringBuilder text, KeyName[] keys, String where) {
		for (KeyName key : keys) {
			text.append("| `" + key.asString() + "` | " + ((DescribedKey) key).describe() + " | " + where + " |\n");
		}
	}

	private String meters() {
		StringBuilder text = new StringBuilder("| in Prometheus | meter | what it is |\n|---|---|---|\n");
		for (S4DBMeterDocumentation meter : S4DBMeterDocumentation.values()) {
			String keys = Arrays.stream(meter.getKeyNames())
				.map((key) -> " (`" + key.asString() + "`)")
				.collect(Collectors.joining());
			String name = this.prometheus.name(meter.getName(), meter.getType(), meter.getBaseUnit());
			String suffix = (meter.getType() == Meter.Type.COUNTER && !name.endsWith("_total")) ? "_total" : "";
			text.append("| `" + name + suffix + "` | `" + meter.getName() + "`" + keys + " | " + meter.getDescription()
					+ " |\n");
		}
		return text.toString();
	}

	@Test
	void theDocumentationShouldHaveWhatIsRegisteredAndNothingElse() {
		ManualTasks tasks = new ManualTasks();
		DatabaseSignals signals = new DatabaseSignals("db");
		S4DB database = DeferredS4DB.open(new StubOpener(signals), tasks, Duration.ofSeconds(1));
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		new S4DBMetrics(new ManagedDatabases(Map.of("db", database), tasks), tasks.clock()).bindTo(registry);
		Map<String, Set<String>> registered = new TreeMap<>();
		for (Meter meter : registry.getMeters()) {
			assertThat(meter.getId().getTag("database")).isEqualTo("db");
			Set<String> keys = registered.computeIfAbsent(meter.getId().getName(), (name) -> new TreeSet<>());
			meter.getId()
				.getTags()
				.stream()
				.map(Tag::getKey)
				.filter((key) -> !key.equals("database"))
				.forEach(keys::add);
		}
		Map<String, Set<String>> documented = new TreeMap<>();
		for (S4DBMeterDocumentation meter : S4DBMeterDocumentation.values()) {
			documented.put(meter.getName(),
					Stream.of(meter.getKeyNames())
						.map(KeyName::asString)
						.collect(Collectors.toCollection(TreeSet::new)));
		}
		assertThat(registered).isEqualTo(documented);
	}

	@Test
	void everyOperationShouldBeNamed() {
		String documented = S4DBObservationDocumentation.OperationKeys.OPERATION.describe();
		assertThat(S4DBOperation.values())
			.allSatisfy((operation) -> assertThat(documented).contains("`" + operation.id() + "`"));
		String requests = S4DBObservationDocumentation.RequestKeys.REQUEST.describe();
		assertThat(List.of(StoreRequest.values()))
			.allSatisfy((request) -> assertThat(requests).contains("`" + request.id() + "`"));
	}

	/**
	 * Opens a stub.
	 *
	 * @param signals what is counted
	 */
	private record StubOpener(DatabaseSignals signals) implements Opener {

		@Override
		public S4DB open() {
			return new StubS4DB();
		}

		@Override
		public S4DB rebuild() {
			return new StubS4DB();
		}

		@Override
		public ObjectStore store() {
			return new InMemoryObjectStore();
		}

	}

}
