package io.s4db.spring.test;

import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.spring.autoconfigure.DatabaseNames;
import io.s4db.spring.autoconfigure.NoBucketEnvironmentPostProcessor;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Has the databases of a test context in memory, by properties below those of the test
 * and above those of the application. All customizers are equal, so that tests can share
 * a context.
 */
record InMemoryContextCustomizer() implements ContextCustomizer {

	private static final String NAME = "s4dbInMemory";

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		ConfigurableEnvironment environment = context.getEnvironment();
		addBelowTheTests(environment.getPropertySources(), new MapPropertySource(NAME, properties(environment)));
		// The environment was looked at before, when they were in buckets.
		NoBucketEnvironmentPostProcessor.postProcessEnvironment(environment);
	}

	private static Map<String, Object> properties(ConfigurableEnvironment environment) {
		Map<String, Object> properties = new LinkedHashMap<>();
		DatabaseNames names = DatabaseNames.of(environment);
		if (names.hasDefault()) {
			putInMemory(properties, "s4db");
		}
		names.named().forEach((name) -> putInMemory(properties, "s4db.databases." + name));
		return properties;
	}

	private static void putInMemory(Map<String, Object> properties, String database) {
		properties.put(database + ".store", "memory");
		properties.put(database + ".upload.interval", "off");
	}

	/** The sources of a test are put before all others, and the system's begin these. */
	private static void addBelowTheTests(MutablePropertySources sources, MapPropertySource source) {
		if (sources.contains(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
			sources.addBefore(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, source);
		}
		else {
			sources.addFirst(source);
		}
	}

}
