package io.s4db.spring.autoconfigure;

import io.s4db.spring.S4DBTemplate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3Client;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NoBucketEnvironmentPostProcessor}.
 */
class NoBucketEnvironmentPostProcessorTests {

	@ParameterizedTest
	@ValueSource(strings = { "s4db.store=memory", "s4db.store=DIRECTORY", "s4db.databases.orders.store=memory",
			"s4db.store=memory s4db.databases.orders.store=directory",
			"s4db.store=memory s4db.databases.orders.bucket=b s4db.databases.orders.enabled=false",
			"s4db.databases.ordersEu.store=memory s4db.databases.my_db.store=directory", "s4db.enabled=false",
			"s4db.bucket=b s4db.databases.orders.bucket=b s4db.enabled=false",
			"s4db.databases.ordersEu.bucket=b s4db.databases.ordersEu.enabled=false s4db.store=memory" })
	void whenNoDatabaseIsInABucketShouldSwitchTheClientOff(String properties) {
		assertThat(enabled(properties)).isEqualTo("false");
	}

	@ParameterizedTest
	@ValueSource(strings = { "s4db.bucket=b", "s4db.store=s3", "s4db.databases.orders.bucket=b",
			"s4db.databases.orders.store=S3", "s4db.databases.ordersEu.store=s3",
			"s4db.store=memory s4db.databases.orders.bucket=b", "s4db.bucket=b s4db.databases.orders.store=memory",
			"s4db.store=s3 s4db.databases.orders.store=memory" })
	void whenADatabaseIsInABucketShouldLeaveTheClient(String properties) {
		assertThat(enabled(properties)).isNull();
	}

	@Test
	void whenItIsSetShouldCountMore() {
		assertThat(enabled("s4db.store=memory " + NoBucketEnvironmentPostProcessor.S3_ENABLED + "=true"))
			.isEqualTo("true");
	}

	@Test
	void whenAnApplicationHasNoBucketShouldStartWithoutARegion() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties("s4db.store=memory")
			.run()) {
			assertThat(context.getBeanProvider(S3Client.class).getIfAvailable()).isNull();
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.put("a", "1");
			assertThat(template.get("a")).isEqualTo("1");
		}
	}

	private static @Nullable String enabled(String properties) {
		MockEnvironment environment = new MockEnvironment();
		for (String property : properties.split(" ", -1)) {
			String[] parts = property.split("=", 2);
			environment.setProperty(parts[0], parts[1]);
		}
		new NoBucketEnvironmentPostProcessor().postProcessEnvironment(environment,
				new org.springframework.boot.SpringApplication());
		return environment.getProperty(NoBucketEnvironmentPostProcessor.S3_ENABLED);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
