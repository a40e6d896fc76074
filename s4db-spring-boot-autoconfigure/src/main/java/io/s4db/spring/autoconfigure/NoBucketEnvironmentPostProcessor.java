package io.s4db.spring.autoconfigure;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.s4db.spring.autoconfigure.S4DBProperties.StoreType;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Switches the S3 client of Spring Cloud AWS off where no database is in a bucket: it
 * would look for a region for seconds and then fail the start. Whoever uses that client
 * for something else sets {@code spring.cloud.aws.s3.enabled=true}: whatever is set
 * anywhere counts more than this default.
 */
public class NoBucketEnvironmentPostProcessor implements EnvironmentPostProcessor {

	static final String S3_ENABLED = "spring.cloud.aws.s3.enabled";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		postProcessEnvironment(environment);
	}

	/** Does so for an environment that may have changed since. */
	public static void postProcessEnvironment(ConfigurableEnvironment environment) {
		if (!usesBucket(environment)) {
			environment.getPropertySources()
				.addLast(new MapPropertySource("s4dbWithoutBucket", Map.of(S3_ENABLED, "false")));
		}
	}

	private static boolean usesBucket(Environment environment) {
		boolean enabled = Binder.get(environment).bind("s4db.enabled", Boolean.class).orElse(true);
		return enabled && inBuckets(environment).findAny().isPresent();
	}

	/** Those that are to be in buckets: a database of which nothing else is said is. */
	static Stream<PropertyNames> inBuckets(Environment environment) {
		Binder binder = Binder.get(environment);
		DatabaseNames names = DatabaseNames.of(environment);
		return Stream
			.concat(names.hasDefault() ? Stream.of(PropertyNames.DEFAULT) : Stream.empty(),
					names.named().stream().map(PropertyNames::ofDatabase))
			.filter((database) -> isBucket(database.value(binder, "store", String.class)));
	}

	private static boolean isBucket(Optional<String> store) {
		return store.isEmpty() || store.get().equalsIgnoreCase(StoreType.S3.name());
	}

}
