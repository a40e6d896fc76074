package io.s4db.spring.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.actuate.S4DBEndpoint;
import io.s4db.store.testing.S3Quirk;
import io.s4db.store.testing.S3TestServer;
import org.awaitility.Awaitility;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.TransientDataAccessResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whole applications over an S3 server, through the client that Spring Cloud AWS
 * configures.
 */
class S3IntegrationTests {

	private final S3TestServer server = new S3TestServer();

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void whenStoppedAndStartedAgainShouldHaveWhatWasPut() {
		try (ConfigurableApplicationContext context = start()) {
			context.getBean(S4DBTemplate.class).put("a", "1");
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		}
		try (ConfigurableApplicationContext context = start()) {
			assertThat(context.getBean(S4DBTemplate.class).get("a")).isEqualTo("1");
			assertThat(health(context).getDetails()).containsEntry("keys", 1L).containsEntry("behind", 0L);
		}
	}

	@Test
	void whenIdleShouldCostNothingAndProbesNextToNothing() {
		try (ConfigurableApplicationContext context = start()) {
			context.getBean(S4DBTemplate.class).put("a", "1");
			context.getBean(S4DBTemplate.class).upload();
			this.server.clearLog();
			for (int i = 0; i < 100; i++) {
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			}
			assertThat(this.server.requests()).hasSizeLessThanOrEqualTo(1);
		}
	}

	@Test
	void whenItSaysHowObjectsAreKeptShouldBeSentAndShown() {
		try (ConfigurableApplicationContext context = startWith("--s4db.s3.encryption=sse-kms",
				"--s4db.s3.kms-key-id=alias/mine", "--s4db.s3.bucket-key=true", "--s4db.s3.storage-class=STANDARD_IA",
				"--s4db.s3.checksum-algorithm=SHA256", "--s4db.s3.requester-pays=true", "--s4db.s3.tags.team=a",
				"--spring.jmx.enabled=true", "--management.endpoints.jmx.exposure.include=s4db")) {
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.put("a", "1");
			template.upload();
			assertThat(this.server.requests()).anySatisfy((request) -> {
				assertThat(request.isFor("manifest.json")).isTrue();
				assertThat(request.headers()).containsEntry("x-amz-server-side-encryption-aws-kms-key-id", "alias/mine")
					.containsEntry("x-amz-storage-class", "STANDARD_IA")
					.containsEntry("x-amz-tagging", "team=a");
			});
			assertThat(context.getBean(S4DBEndpoint.class).databases().get("s4db"))
				.extracting((database) -> database.bucket().settings())
				.isEqualTo("SSE-KMS with the key alias/mine and bucket key, STANDARD_IA, checksum SHA256,"
						+ " requester pays, tags {team=a}");
		}
	}

	@ParameterizedTest
	@CsvSource({ "s3.storage-class=GLACIER, s4db.s3.storage-class",
			"s3.checksum-algorithm=MD5, s4db.s3.checksum-algorithm", "s3.tags[aws:x]=1, s4db.s3.tags",
			"s3.kms-key-id=k, s4db.s3.kms-key-id", "s3.bucket-key=true, s4db.s3.bucket-key",
			"s3.encryption=none, s4db.s3.encryption" })
	void whenWhatIsSaidOfObjectsIsWrongShouldNameTheProperty(String setting, String property) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> startWith("--s4db." + setting).close())
			.satisfies((ex) -> assertThat(ex).hasStackTraceContaining(property));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "storage-class | GLACIER | such as STANDARD, STANDARD_IA or INTELLIGENT_TIERING",
					"storage-class | FAST | such as STANDARD, STANDARD_IA or INTELLIGENT_TIERING",
					"checksum-algorithm | MD5 | CRC32, CRC32C, SHA1 or SHA256", "tags[aws:x] | 1 | at most 10 tags" })
	void whenWhatIsSaidOfObjectsIsWrongShouldSayWhatIsAllowed(String setting, String value, String allowed) {
		String property = "s4db.s3." + setting.replaceAll("\\[.*", "");
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> startWith("--s4db.s3." + setting + "=" + value))
			.havingRootCause()
			.asInstanceOf(InstanceOfAssertFactories.throwable(InvalidS4DBPropertyException.class))
			.hasMessageStartingWith(property + ": ")
			.hasMessageContaining(value)
			.satisfies((ex) -> assertThat(ex.getAction()).startsWith("Set " + property + " to ")
				.contains(allowed)
				.endsWith(", or remove it."));
	}

	@Test
	void whenTheNetworkIsDownShouldStartAndRecover() {
		this.server.with(S3Quirk.IS_DOWN);
		try (ConfigurableApplicationContext context = start()) {
			assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			assertThatExceptionOfType(TransientDataAccessResourceException.class)
				.isThrownBy(() -> template.put("a", "1"));
			this.server.without(S3Quirk.IS_DOWN);
			awaitUp(context);
			template.put("a", "1");
			assertThat(template.get("a")).isEqualTo("1");
		}
	}

	@Test
	void whenTheBucketIsNotThereShouldStartAndRecover() {
		try (ConfigurableApplicationContext context = start("elsewhere", S3TestServer.ACCESS_KEY)) {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails().get("reason")).asString().contains("elsewhere");
			this.server.createBucket("elsewhere");
			awaitUp(context);
		}
	}

	@Test
	void whenCredentialsAreWrongShouldStartDown() {
		try (ConfigurableApplicationContext context = start(S3TestServer.BUCKET, "somebody")) {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails().get("reason")).asString().contains("403");
		}
	}

	@Test
	void whenTheBucketGoesAwayShouldKeepWhatIsPending() {
		try (ConfigurableApplicationContext context = start()) {
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.put("a", "1");
			this.server.with(S3Quirk.IS_DOWN);
			assertThatExceptionOfType(TransientDataAccessResourceException.class).isThrownBy(template::upload);
			assertThat(template.get("a")).isEqualTo("1");
			assertThat(template.stats().pendingEntries()).isOne();
			this.server.without(S3Quirk.IS_DOWN);
			assertThat(template.upload().entries()).isOne();
		}
	}

	private ConfigurableApplicationContext start() {
		return start(S3TestServer.BUCKET, S3TestServer.ACCESS_KEY);
	}

	private ConfigurableApplicationContext start(String bucket, String accessKey) {
		return startWith("--s4db.bucket=" + bucket, "--spring.cloud.aws.credentials.access-key=" + accessKey);
	}

	private ConfigurableApplicationContext startWith(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setDefaultProperties(Map.of("spring.main.banner-mode", "off", "s4db.bucket", S3TestServer.BUCKET,
				"spring.cloud.aws.region.static", "us-east-1", "spring.cloud.aws.credentials.access-key",
				S3TestServer.ACCESS_KEY, "spring.cloud.aws.credentials.secret-key", S3TestServer.SECRET_KEY,
				"spring.cloud.aws.s3.endpoint", this.server.endpoint().toString(),
				"spring.cloud.aws.s3.path-style-access-enabled", "true"));
		return application.run(arguments);
	}

	private static void awaitUp(ConfigurableApplicationContext context) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
			Health health = health(context);
			assertThat(health.getStatus()).as("%s", health.getDetails()).isEqualTo(Status.UP);
		});
	}

	private static Health health(ConfigurableApplicationContext context) {
		return Objects.requireNonNull(context.getBean("s4dbHealthContributor", HealthIndicator.class).health());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
