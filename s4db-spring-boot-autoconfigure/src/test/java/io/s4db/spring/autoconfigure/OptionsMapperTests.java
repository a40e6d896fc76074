package io.s4db.spring.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.s4db.S4DBOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.convert.ConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link OptionsMapper}.
 */
class OptionsMapperTests {

	/** What properties cannot say: objects for tests and for embedding. */
	private static final Set<String> WITHOUT_PROPERTY = Set.of("clock", "uuids", "executor", "observer", "build");

	/** For each option's property a value that is not the default. */
	private static final Map<String, String> OTHER_VALUES = otherValues();

	private static Map<String, String> otherValues() {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("localDir", "some-directory");
		values.put("maxFileSize", "1MB");
		values.put("mode", "read-only");
		values.put("writers", "exclusive");
		values.put("durability", "store");
		values.put("uploadOnClose", "false");
		values.put("checkpoint", "always");
		values.put("conditionalWrites", "off");
		values.put("retention", "2h");
		values.put("orphanAge", "2d");
		values.put("reservationTimeout", "1h");
		values.put("compactionGarbageShare", "0.25");
		values.put("automaticCompaction", "true");
		values.put("cacheSize", "1MB");
		values.put("diskCacheSize", "1GB");
		values.put("indexMode", "paged");
		values.put("indexMemory", "5MB");
		values.put("coalesceGap", "1KB");
		values.put("coalesceLimit", "1MB");
		values.put("readParallelism", "3");
		values.put("transferParallelism", "2");
		values.put("localMaxSize", "10GB");
		values.put("mirror", "true");
		values.put("closeTimeout", "7s");
		return values;
	}

	@Test
	void everyOptionShouldHaveAProperty() {
		Set<String> options = Arrays.stream(S4DBOptions.Builder.class.getDeclaredMethods())
			.filter((method) -> Modifier.isPublic(method.getModifiers()))
			.map(Method::getName)
			.filter((name) -> !WITHOUT_PROPERTY.contains(name))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(OptionsMapper.PROPERTIES.keySet()).containsExactlyInAnyOrderElementsOf(options);
		assertThat(OTHER_VALUES.keySet()).containsExactlyInAnyOrderElementsOf(options);
	}

	/** As it is written in properties, not as the engine counts it. */
	@ParameterizedTest
	@CsvSource({ "max-file-size, 1KB, 1GB, 2GB", "index.memory, 1KB, 1KB, 1000B", "read.coalesce-gap, 0, 64MB, 65MB",
			"read.coalesce-limit, 64KB, 1GB, 3KB", "cache.size, 0, 0, -1MB", "cache.disk-size, 1MB, 1TB, 1KB" })
	void whenASizeIsOutOfRangeShouldSayItAsASize(String property, String least, String most, String value) {
		assertThatExceptionOfType(InvalidS4DBPropertyException.class)
			.isThrownBy(() -> options(Map.of("s4db." + property, value)))
			.withMessageContainingAll(least, most, "but is " + value);
	}

	@Test
	void whenAnIntervalIsShorterThanAnyClockShouldFail() {
		for (String property : new String[] { "s4db.upload.interval", "s4db.refresh.interval" }) {
			S4DBProperties properties = properties(Map.of(property, "1ns"));
			assertThatExceptionOfType(InvalidS4DBPropertyException.class)
				.isThrownBy(() -> OptionsMapper.schedule(PropertyNames.DEFAULT, properties))
				.withMessage(property + " must be at least 1ms, or 'off' for never, but is PT0.000000001S");
		}
	}

	@Test
	void everyPropertyShouldSetItsOptionAndNoOther() throws Exception {
		S4DBOptions defaults = options(Map.of());
		for (Map.Entry<String, String> value : OTHER_VALUES.entrySet()) {
			S4DBOptions changed = options(
					Map.of(PropertyNames.DEFAULT.of(OptionsMapper.PROPERTIES.getOrDefault(value.getKey(), "")),
							value.getValue()));
			for (String option : OTHER_VALUES.keySet()) {
				Object before = S4DBOptions.class.getMethod(option).invoke(defaults);
				Object after = S4DBOptions.class.getMethod(option).invoke(changed);
				assertThat(Objects.equals(before, after)).as("%s after changing %s", option, value.getKey())
					.isEqualTo(!option.equals(value.getKey()));
			}
		}
	}

	@Test
	void whenNothingIsSetShouldGiveTheEnginesDefaults() throws Exception {
		S4DBOptions fromProperties = options(Map.of());
		S4DBOptions defaults = S4DBOptions.defaults();
		for (String option : OTHER_VALUES.keySet()) {
			Method getter = S4DBOptions.class.getMethod(option);
			assertThat(getter.invoke(fromProperties)).as(option).isEqualTo(getter.invoke(defaults));
		}
	}

	@ParameterizedTest
	@CsvSource({ "s4db.max-file-size, 10B", "s4db.compaction.retention, -1s", "s4db.compaction.orphan-age, -1s",
			"s4db.compaction.reservation-timeout, -1s", "s4db.compaction.reservation-timeout, 0s",
			"s4db.compaction.reservation-timeout, 59s", "s4db.compaction.garbage-share, 1.5", "s4db.cache.size, -1B",
			"s4db.index.memory, 100B", "s4db.read.coalesce-gap, 1GB", "s4db.read.coalesce-gap, 10GB",
			"s4db.read.coalesce-limit, 1KB", "s4db.read.parallelism, 0", "s4db.transfer.parallelism, 0",
			"s4db.local.max-size, -1B", "s4db.compaction.retention, PT9223372036854775807S",
			"s4db.compaction.orphan-age, 36501d", "s4db.compaction.reservation-timeout, 9223372036854775807ms" })
	void whenAValueIsOutOfRangeShouldNameTheProperty(String property, String value) {
		assertThatExceptionOfType(InvalidS4DBPropertyException.class).isThrownBy(() -> options(Map.of(property, value)))
			.satisfies((ex) -> assertThat(ex.getProperty()).isEqualTo(property))
			.withMessageStartingWith(property + " must ");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "~/x | begins with a '~' | to ${user.home}/x.", "~ | begins with a '~' | to ${user.home}.",
					"~me/x | begins with a '~' | to the whole path.",
					"file:/data/x | is a URL | the path alone, /data/x.",
					"file:///data/x | is a URL | the path alone, /data/x.", "FILE:x | is a URL | the path alone, x.",
					"s3://bucket/x | is a URL | to the path of a directory.",
					"/ | is the root | to a directory of the application's own.",
					"/var/../ | is the root | to a directory of the application's own.",
					"classpath:x | is a URL | to the path of a directory." },
			quoteCharacter = '"')
	void whenADirectoryIsNoPathShouldSayWhatIs(String value, String problem, String action) {
		for (String property : List.of("s4db.local-dir", "s4db.directory.path")) {
			assertThatExceptionOfType(InvalidS4DBPropertyException.class)
				.isThrownBy(() -> OptionsMapper.path(property, value))
				.withMessageStartingWith(property + " is '" + value + "', which " + problem)
				.satisfies((ex) -> assertThat(ex.getAction()).startsWith("Set " + property).endsWith(action));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "data", "/var/lib/x", "data/~x", "a:b" })
	void whenADirectoryIsAPathShouldTakeIt(String value) {
		assertThat(OptionsMapper.path("s4db.local-dir", value)).hasToString(value);
	}

	private static S4DBOptions options(Map<String, String> values) {
		return OptionsMapper.options(PropertyNames.DEFAULT, properties(values), false, (builder) -> {
		});
	}

	private static S4DBProperties properties(Map<String, String> values) {
		return new Binder(List.of(new MapConfigurationPropertySource(values)), null, conversion()).bindOrCreate("s4db",
				S4DBProperties.class);
	}

	private static ConversionService conversion() {
		ApplicationConversionService service = new ApplicationConversionService();
		service.addConverter(new DurationOrOffConverter());
		return service;
	}

}
