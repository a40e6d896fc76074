package io.s4db.spring.autoconfigure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link VoidSettings}.
 */
class VoidSettingsTests {

	private static final PropertyNames ORDERS = PropertyNames.ofDatabase("MyOrders");

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			"store=memory local-dir=x | #local-dir has no effect, since #store is 'memory'",
			"store=memory bucket=abc s3.tags.a=b | #bucket, #s3.* have no effect, since #store is 'memory'",
			"store=directory directory.path=x prefix=y/ | #prefix has no effect, since #store is 'directory'",
			"store=s3 bucket=abc directory.path=x | #directory.path has no effect, since #store is 's3'",
			"bucket=abc directory.path=x | #directory.path has no effect, since #store is 's3'",
			"mode=read-only upload.interval=5s | #upload.interval has no effect, since #mode is 'read-only'",
			"mode=read-only writers=exclusive | #writers has no effect, since #mode is 'read-only'",
			"compaction.garbage-share=0.3 | #compaction.garbage-share has no effect, since #compaction.automatic is not 'true'" })
	void whenOneSettingMakesAnotherVoidShouldWarn(String settings, String warning) {
		for (PropertyNames names : List.of(PropertyNames.DEFAULT, ORDERS, new PropertyNames("app.archive"))) {
			assertThat(warnings(names, true, settings)).containsExactly(warning.replace("#", names.of("")));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "bucket=abc prefix=x/ s3.storage-class=STANDARD_IA local-dir=x",
			"store=directory directory.path=x local-dir=y", "store=memory upload.interval=off",
			"mode=read-only upload.interval=off refresh.interval=30s compaction.retention=2h local-dir=x",
			"mode=read-only durability=process writers=shared",
			"compaction.automatic=true compaction.garbage-share=0.3", "store=memory prefix=s4db/" })
	void whenNothingIsVoidShouldBeQuiet(String settings) {
		assertThat(warnings(PropertyNames.DEFAULT, true, settings)).isEmpty();
	}

	/** A profile or a test changes what it means to, and leaves the rest. */
	@Test
	void whenTheOtherSettingCountsMoreShouldBeQuiet() {
		assertThat(warnings(PropertyNames.DEFAULT, true, "store=memory", "bucket=abc local-dir=x")).isEmpty();
		assertThat(warnings(ORDERS, true, "mode=read-only", "upload.interval=5s writers=exclusive")).isEmpty();
	}

	@Test
	void whenTheVoidSettingCountsMoreShouldWarn() {
		assertThat(warnings(PropertyNames.DEFAULT, true, "local-dir=x", "store=memory")).hasSize(1);
		assertThat(warnings(ORDERS, true, "upload.interval=5s", "mode=read-only")).hasSize(1);
	}

	@Test
	void whenTheStoreIsTheApplicationsShouldNotSayWhatThatMakesVoid() {
		assertThat(warnings(PropertyNames.DEFAULT, false, "store=memory local-dir=x")).isEmpty();
		assertThat(warnings(PropertyNames.DEFAULT, false, "mode=read-only writers=exclusive")).hasSize(1);
	}

	/**
	 * What is warned of.
	 * @param sources the settings of each source of properties, the first counts most
	 */
	private static List<String> warnings(PropertyNames names, boolean configured, String... sources) {
		StandardEnvironment environment = new StandardEnvironment();
		for (String source : sources) {
			Map<String, Object> settings = new LinkedHashMap<>();
			Arrays.stream(source.split(" ")).map((setting) -> setting.split("=", 2)).forEach((setting) -> {
				settings.put(names.of(setting[0]), setting[1]);
			});
			environment.getPropertySources().addLast(new MapPropertySource(source, settings));
		}
		Binder binder = new Binder(ConfigurationPropertySources.get(environment),
				new PropertySourcesPlaceholdersResolver(environment), DurationOrOffConverter.conversion());
		S4DBProperties properties = names.equals(ORDERS)
				? binder.bindOrCreate("s4db", S4DBProperties.class).databases().get(ORDERS.database())
				: binder.bindOrCreate(names.prefix(), S4DBProperties.class);
		return VoidSettings.warnings(names, Objects.requireNonNull(properties), configured, environment);
	}

}
