package io.s4db.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Says in a sentence that the starter needs Spring Boot 4, before anything of it ends in
 * a {@code NoClassDefFoundError}. Uses nothing that Spring Boot 3 does not have.
 */
class BootVersionCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final int NEEDED = 4;

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		check(SpringBootVersion.getVersion());
	}

	static void check(@Nullable String version) {
		String major = (version != null) ? version.split("\\.", 2)[0] : "";
		if (major.matches("\\d+") && Integer.parseInt(major) < NEEDED) {
			throw new IllegalStateException(
					"The s4db starter needs Spring Boot " + NEEDED + ", and this application runs on Spring Boot "
							+ version + ". Use Spring Boot 4, or s4db-core without the starter, which needs no Spring");
		}
	}

}
