package io.s4db.spring.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link S4DBProperties}.
 */
class S4DBPropertiesTests {

	@Test
	void whenNothingIsSetShouldHaveTheDefaults() {
		runner().run((context) -> {
			S4DBProperties properties = context.getBean(S4DBProperties.class);
			assertThat(properties.enabled()).isTrue();
			assertThat(properties.prefix()).isEqualTo("s4db/");
			assertThat(properties.maxFileSize()).isEqualTo(DataSize.ofMegabytes(64));
			assertThat(properties.upload().interval()).isEqualTo(Duration.ofSeconds(30));
			assertThat(properties.upload().onClose()).isTrue();
			assertThat(properties.refresh().interval()).isZero();
			assertThat(properties.local().maxSize()).isNull();
		});
	}

	/** YAML makes false of off. */
	@ParameterizedTest
	@ValueSource(strings = { "off", "OFF", "false" })
	void whenAnIntervalIsOffShouldBeZero(String value) {
		runner().withPropertyValues("s4db.upload.interval=" + value)
			.run((context) -> assertThat(context.getBean(S4DBProperties.class).upload().interval()).isZero());
	}

	@ParameterizedTest
	@ValueSource(strings = { "10s", "PT10S", "10", "10000ms" })
	void whenAnIntervalIsADurationShouldBeThat(String value) {
		runner().withPropertyValues("s4db.refresh.interval=" + value)
			.run((context) -> assertThat(context.getBean(S4DBProperties.class).refresh().interval()).hasSeconds(10));
	}

	/** Who writes 30 does not mean milliseconds. */
	@ParameterizedTest
	@MethodSource("durations")
	void whenADurationHasNoUnitShouldBeSeconds(String property, Function<S4DBProperties, Duration> getter) {
		for (Object value : List.of("3000", 3000)) {
			runner()
				.withInitializer((context) -> context.getEnvironment()
					.getPropertySources()
					.addFirst(new MapPropertySource("yaml", Map.of(property, value))))
				.run((context) -> assertThat(getter.apply(context.getBean(S4DBProperties.class))).hasMinutes(50));
		}
	}

	static List<Arguments> durations() {
		return List.of(duration("s4db.upload.interval", (properties) -> properties.upload().interval()),
				duration("s4db.refresh.interval", (properties) -> properties.refresh().interval()),
				duration("s4db.close.timeout", (properties) -> properties.close().timeout()),
				duration("s4db.compaction.retention", (properties) -> properties.compaction().retention()),
				duration("s4db.compaction.orphan-age", (properties) -> properties.compaction().orphanAge()),
				duration("s4db.compaction.reservation-timeout",
						(properties) -> properties.compaction().reservationTimeout()));
	}

	private static Arguments duration(String property, Function<S4DBProperties, Duration> getter) {
		return Arguments.of(property, getter);
	}

	@Test
	void thereShouldBeNoOtherDuration() {
		assertThat(durations(S4DBProperties.class)).isEqualTo(durations().size());
	}

	private static long durations(Class<?> type) {
		return Arrays.stream(type.getRecordComponents())
			.map(RecordComponent::getType)
			.mapToLong((component) -> component.isRecord() ? durations(component)
					: component.equals(Duration.class) ? 1 : 0)
			.sum();
	}

	@Test
	void whenAnIntervalIsNoDurationShouldNameTheProperty() {
		runner().withPropertyValues("s4db.upload.interval=sometimes")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("s4db.upload.interval")
				.hasStackTraceContaining(BindException.class.getSimpleName()));
	}

	@ParameterizedTest
	@MethodSource("zeros")
	void whenAnIntervalIsZeroShouldSayThatOffIsTheWord(Object value) {
		for (String property : List.of("s4db.upload.interval", "s4db.refresh.interval")) {
			runner()
				.withInitializer((context) -> context.getEnvironment()
					.getPropertySources()
					.addFirst(new MapPropertySource("yaml", Map.of(property, value))))
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.isInstanceOf(InvalidS4DBPropertyException.class)
					.hasMessage(property + " must be at least 1ms, or 'off' for never, but is 0"));
		}
	}

	static List<Object> zeros() {
		return List.of("0", "0s", "PT0S", 0);
	}

	@Test
	void whenAnIntervalIsNegativeShouldNameTheProperty() {
		runner().withPropertyValues("s4db.refresh.interval=-5s")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("s4db.refresh.interval must be at least 1ms, or 'off' for never, but is PT-5S"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "36501d", "PT9223372036854775807S", "9223372036854775807ms", "9223372036854775807d" })
	void whenAnIntervalIsTooLongShouldNameTheProperty(String value) {
		for (String property : List.of("s4db.upload.interval", "s4db.refresh.interval")) {
			runner().withPropertyValues(property + "=" + value)
				.run((context) -> assertThat(context).getFailure().hasStackTraceContaining(property));
		}
	}

	@Test
	void whenAnIntervalIsAsLongAsCanBeShouldStart() {
		runner()
			.withPropertyValues("s4db.upload.interval=36500d", "s4db.refresh.interval=36499d",
					"s4db.compaction.retention=36500d")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "10m", "11m", "1h" })
	void whenItIsNotFollowedWithinTheRetentionShouldSaySo(String interval) {
		runner().withPropertyValues("s4db.refresh.interval=" + interval, "s4db.compaction.retention=10m")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidS4DBPropertyException.class)
				.hasMessageStartingWith("s4db.refresh.interval is ")
				.hasMessageContaining("not shorter than s4db.compaction.retention, PT10M"));
		runner().withPropertyValues("s4db.refresh.interval=9m", "s4db.compaction.retention=10m")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenConditionalWritesAreOffInYamlShouldBeOff() {
		Map<String, Object> yaml = new LinkedHashMap<>();
		yaml.put("s4db.s3.conditional-writes", false);
		runner()
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("yaml", yaml)))
			.run((context) -> assertThat(context.getBean(S4DBProperties.class).s3().conditionalWrites().name())
				.isEqualTo("OFF"));
	}

	@Test
	void theRelaxedNamesOfEnumsShouldBind() {
		runner()
			.withPropertyValues("s4db.mode=read-only", "s4db.writers=exclusive", "s4db.durability=disk",
					"s4db.checkpoint=always")
			.run((context) -> {
				S4DBProperties properties = context.getBean(S4DBProperties.class);
				assertThat(List.of(properties.mode(), properties.writers(), properties.durability(),
						properties.checkpoint()))
					.extracting(Object::toString)
					.containsExactly("READ_ONLY", "EXCLUSIVE", "DISK", "ALWAYS");
			});
	}

	private static ApplicationContextRunner runner() {
		return Contexts.runner()
			.withConfiguration(AutoConfigurations.of(S4DBAutoConfiguration.class))
			.withPropertyValues("s4db.store=memory");
	}

}
