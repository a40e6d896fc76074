package io.s4db.spring.autoconfigure;

import java.util.Map;

import io.s4db.spring.autoconfigure.S4DBProperties.StoreType;
import org.jspecify.annotations.Nullable;

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

	/** A database of which nothing else is said is in a bucket. */
	private static boolean usesBucket(Environment environment) {
		Binder binder = Binder.get(environment);
		if (!binder.bind("s4db.enabled", Boolean.class).orElse(true)) {
			return false;
		}
		DatabaseNames names = DatabaseNames.of(environment);
		return (names.hasDefault() && isBucket(binder.bind("s4db.store", String.class).orElse(null))) || names.named()
			.stream()
			.anyMatch((name) -> isBucket(DatabaseNames.property(binder, name, "store", String.class).orElse(null)));
	}

	private static boolean isBucket(@Nullable String store) {
		return store == null || store.equalsIgnoreCase(StoreType.S3.name());
	}

}
