package io.s4db.spring.testcontainers;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.awspring.cloud.autoconfigure.core.AwsAutoConfiguration;
import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;
import io.awspring.cloud.autoconfigure.core.CredentialsProviderAutoConfiguration;
import io.awspring.cloud.autoconfigure.core.RegionProviderAutoConfiguration;
import io.awspring.cloud.autoconfigure.s3.S3AutoConfiguration;
import io.floci.testcontainers.FlociContainer;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.autoconfigure.S4DBAutoConfiguration;
import io.s4db.spring.autoconfigure.S4DBConnectionDetails;
import io.s4db.spring.autoconfigure.S4DBContainerConnectionAutoConfiguration;
import io.s4db.store.ObjectStore;
import io.s4db.store.testing.S3Request;
import io.s4db.store.testing.S3TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.localstack.LocalStackContainer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.objenesis.SpringObjenesis;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@code @ServiceConnection}, with containers that are an S3 server in this
 * process: nothing here needs Docker.
 */
class ServiceConnectionTests {

	private final S3TestServer server = new S3TestServer();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ServiceConnectionAutoConfiguration.class,
				S4DBContainerConnectionAutoConfiguration.class, S4DBAutoConfiguration.class, AwsAutoConfiguration.class,
				CredentialsProviderAutoConfiguration.class, RegionProviderAutoConfiguration.class,
				S3AutoConfiguration.class))
		.withBean(S3TestServer.class, () -> this.server, (bean) -> bean.setDestroyMethodName(""));

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void whenLocalStackRunsShouldHaveTheDatabaseThere() {
		this.runner.withUserConfiguration(LocalStack.class).run((context) -> {
			putAndUpload(context.getBean(S4DBTemplate.class));
			assertThat(context.getBean(ObjectStore.class).description()).isEqualTo("s3://s4db/s4db/");
			assertThat(context.getBean(AwsConnectionDetails.class).getRegion()).isEqualTo("eu-west-1");
		});
		assertThat(madeBuckets()).containsExactly("s4db");
	}

	@Test
	void whenFlociRunsShouldReachItsHostByNumber() {
		this.runner.withUserConfiguration(Floci.class).run((context) -> {
			putAndUpload(context.getBean(S4DBTemplate.class));
			assertThat(context.getBean(AwsConnectionDetails.class).getEndpoint()).isEqualTo(this.server.endpoint());
		});
	}

	@Test
	void whenPropertiesNameBucketsShouldMakeEach() {
		this.runner.withUserConfiguration(LocalStack.class)
			.withPropertyValues("s4db.bucket=mine", "s4db.databases.orders.bucket=orders")
			.run((context) -> {
				putAndUpload(context.getBean(S4DBTemplate.class));
				putAndUpload(context.getBean("ordersS4DBTemplate", S4DBTemplate.class));
			});
		assertThat(madeBuckets()).containsExactlyInAnyOrder("mine", "orders");
	}

	@Test
	void whenTheBucketIsThereShouldUseIt() {
		ApplicationContextRunner same = this.runner.withUserConfiguration(LocalStack.class)
			.withPropertyValues("s4db.bucket=" + S3TestServer.BUCKET);
		same.run((context) -> putAndUpload(context.getBean(S4DBTemplate.class)));
		same.run((context) -> assertThat(context.getBean(S4DBTemplate.class).get("a")).isEqualTo("1"));
	}

	@Test
	void whenTheServerIsNewShouldNotBeHeldUpByWhatTheLastOneLeft() {
		ApplicationContextRunner same = this.runner.withUserConfiguration(LocalStack.class)
			.withPropertyValues("s4db.local-dir=" + this.directory.resolve("local"));
		same.run((context) -> putAndUpload(context.getBean(S4DBTemplate.class)));
		assertThat(Files.exists(this.directory.resolve("local"))).isFalse();
		try (S3TestServer another = new S3TestServer()) {
			same.withBean("another", S3TestServer.class, () -> another, (bean) -> {
				bean.setPrimary(true);
				bean.setDestroyMethodName("");
			}).run((context) -> putAndUpload(context.getBean(S4DBTemplate.class)));
			assertThat(another.requests()).isNotEmpty();
		}
	}

	@Test
	void whenTheDatabaseIsElsewhereShouldStayThere() {
		this.runner.withUserConfiguration(LocalStack.class)
			.withPropertyValues("s4db.store=memory")
			.run((context) -> putAndUpload(context.getBean(S4DBTemplate.class)));
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void whenSomethingElseTellsSpringCloudAwsShouldLeaveItToThat() {
		AwsConnectionDetails other = new AwsConnectionDetails() {
		};
		this.runner.withUserConfiguration(LocalStack.class)
			.withBean(AwsConnectionDetails.class, () -> other)
			.withPropertyValues("spring.cloud.aws.region.static=us-east-1", "s4db.store=memory")
			.run((context) -> assertThat(context.getBean(AwsConnectionDetails.class)).isSameAs(other));
	}

	@Test
	void whenNoContainerRunsShouldLeaveSpringCloudAwsAlone() {
		this.runner.withPropertyValues("s4db.store=memory", "spring.cloud.aws.s3.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(AwsConnectionDetails.class);
			assertThat(context.getBean(S4DBConnectionDetails.class).isForDevelopment()).isFalse();
		});
	}

	private static void putAndUpload(S4DBTemplate template) {
		template.put("a", "1");
		assertThat(template.upload().entries()).isOne();
		assertThat(template.get("a")).isEqualTo("1");
	}

	private List<String> madeBuckets() {
		return this.server.requests()
			.stream()
			.filter((request) -> request.method().equals("PUT") && request.key().isEmpty())
			.map(S3Request::bucket)
			.toList();
	}

	/** The constructors look for Docker. */
	private static <T> T withoutDocker(Class<T> type) {
		return new SpringObjenesis().newInstance(type, false);
	}

	@Configuration(proxyBeanMethods = false)
	static class LocalStack {

		@Bean
		@ServiceConnection
		LocalStackContainer localStack(S3TestServer server) {
			return withoutDocker(LocalStackHere.class).at(server);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Floci {

		@Bean
		@ServiceConnection
		FlociContainer floci(S3TestServer server) {
			return withoutDocker(FlociHere.class).at(server);
		}

	}

	/** LocalStack, but for Docker. */
	static class LocalStackHere extends LocalStackContainer {

		@SuppressWarnings("NullAway.Init")
		private S3TestServer server;

		LocalStackHere() {
			super("localstack/localstack");
		}

		LocalStackHere at(S3TestServer server) {
			this.server = server;
			return this;
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public URI getEndpoint() {
			return this.server.endpoint();
		}

		@Override
		public String getRegion() {
			return "eu-west-1";
		}

		@Override
		public String getAccessKey() {
			return S3TestServer.ACCESS_KEY;
		}

		@Override
		public String getSecretKey() {
			return S3TestServer.SECRET_KEY;
		}

	}

	/** Floci, but for Docker. */
	static class FlociHere extends FlociContainer {

		@SuppressWarnings("NullAway.Init")
		private S3TestServer server;

		FlociHere at(S3TestServer server) {
			this.server = server;
			return this;
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public String getEndpoint() {
			return "http://localhost:" + this.server.endpoint().getPort();
		}

		@Override
		public String getRegion() {
			return "eu-west-1";
		}

		@Override
		public String getAccessKey() {
			return S3TestServer.ACCESS_KEY;
		}

		@Override
		public String getSecretKey() {
			return S3TestServer.SECRET_KEY;
		}

	}

}
