package io.s4db.spring.docker.compose;

import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;

import io.awspring.cloud.autoconfigure.core.AwsAutoConfiguration;
import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;
import io.awspring.cloud.autoconfigure.core.CredentialsProviderAutoConfiguration;
import io.awspring.cloud.autoconfigure.core.RegionProviderAutoConfiguration;
import io.awspring.cloud.autoconfigure.s3.S3AutoConfiguration;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.autoconfigure.S4DBAutoConfiguration;
import io.s4db.spring.autoconfigure.S4DBConnectionDetails;
import io.s4db.spring.autoconfigure.S4DBContainerConnectionAutoConfiguration;
import io.s4db.store.ObjectStore;
import io.s4db.store.testing.S3TestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.lifecycle.DockerComposeServicesReadyEvent;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of services of Docker Compose, with an S3 server in this process: nothing here
 * needs Docker.
 */
class DockerComposeConnectionTests {

	private final S3TestServer server = new S3TestServer();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(S4DBContainerConnectionAutoConfiguration.class,
				S4DBAutoConfiguration.class, AwsAutoConfiguration.class, CredentialsProviderAutoConfiguration.class,
				RegionProviderAutoConfiguration.class, S3AutoConfiguration.class));

	@AfterEach
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "localstack/localstack:4.4.0", "localstack/localstack-pro", "floci/floci:latest" })
	void whenAServiceHasS3ShouldHaveTheDatabaseThere(String image) {
		with(service(image, Map.of())).run((context) -> {
			putAndUpload(context.getBean(S4DBTemplate.class));
			assertThat(context.getBean(ObjectStore.class).description()).isEqualTo("s3://s4db/s4db/");
		});
	}

	@Test
	void whenTheServiceSaysSoShouldHaveThatRegion() {
		with(service("localstack/localstack", Map.of()))
			.run((context) -> assertThat(context.getBean(AwsConnectionDetails.class).getRegion())
				.isEqualTo("eu-central-1"));
	}

	@Test
	void whenPropertiesNameTheBucketShouldTakeThat() {
		with(service("localstack/localstack", Map.of())).withPropertyValues("s4db.bucket=mine")
			.run((context) -> assertThat(context.getBean(ObjectStore.class).description())
				.isEqualTo("s3://mine/s4db/"));
	}

	@Test
	void whenLabelsNameBucketsShouldTakeThese() {
		with(service("localstack/localstack",
				Map.of("io.s4db.bucket", "labelled", "io.s4db.databases.orders.bucket", "labelled-orders")))
			.withPropertyValues("s4db.bucket=mine", "s4db.databases.orders.bucket=orders",
					"s4db.databases.archive.bucket=archive")
			.run((context) -> {
				putAndUpload(context.getBean(S4DBTemplate.class));
				putAndUpload(context.getBean("ordersS4DBTemplate", S4DBTemplate.class));
				putAndUpload(context.getBean("archiveS4DBTemplate", S4DBTemplate.class));
				assertThat(this.server.requests()).extracting((request) -> request.bucket())
					.containsOnly("labelled", "labelled-orders", "archive");
			});
	}

	@Test
	void whenTheServiceIsSomethingElseShouldNotLookAtIt() {
		with(service("postgres", Map.of())).withPropertyValues("s4db.store=memory", "spring.cloud.aws.s3.enabled=false")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(AwsConnectionDetails.class);
				assertThat(context.getBean(S4DBConnectionDetails.class).isForDevelopment()).isFalse();
			});
	}

	private static void putAndUpload(S4DBTemplate template) {
		template.put("a", "1");
		assertThat(template.upload().entries()).isOne();
		assertThat(template.get("a")).isEqualTo("1");
	}

	/** With what Spring Boot does once the services are there. */
	private ApplicationContextRunner with(RunningService service) {
		return this.runner.withInitializer((context) -> {
			DockerComposeServicesReadyEvent ready = ready(context, service);
			SpringFactoriesLoader.forDefaultResourceLocation()
				.load(ApplicationListener.class)
				.stream()
				.filter((listener) -> listener.getClass().getName().contains("DockerComposeServiceConnections"))
				.forEach((listener) -> publish(listener, ready));
		});
	}

	@SuppressWarnings("unchecked")
	private static void publish(ApplicationListener<?> listener, DockerComposeServicesReadyEvent event) {
		((ApplicationListener<DockerComposeServicesReadyEvent>) listener).onApplicationEvent(event);
	}

	private static DockerComposeServicesReadyEvent ready(ApplicationContext context, RunningService service) {
		Constructor<?> constructor = DockerComposeServicesReadyEvent.class.getDeclaredConstructors()[0];
		return (DockerComposeServicesReadyEvent) BeanUtils.instantiateClass(constructor, context, List.of(service));
	}

	private RunningService service(String image, Map<String, String> labels) {
		return new Service(image, labels, this.server.endpoint().getPort());
	}

	/**
	 * A service that is an S3 server in this process.
	 *
	 * @param imageName what it was made of
	 * @param labels its labels
	 * @param port the port outside
	 */
	private record Service(String imageName, Map<String, String> labels, int port) implements RunningService {

		@Override
		public String name() {
			return "storage";
		}

		@Override
		public ImageReference image() {
			return ImageReference.of(this.imageName);
		}

		@Override
		public String host() {
			return "localhost";
		}

		@Override
		public ConnectionPorts ports() {
			return new Ports(this.port);
		}

		@Override
		public Map<String, String> env() {
			return Map.of("AWS_ACCESS_KEY_ID", S3TestServer.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY",
					S3TestServer.SECRET_KEY, "DEFAULT_REGION", "eu-central-1");
		}

	}

	/**
	 * The port that both images have.
	 *
	 * @param port the port outside
	 */
	private record Ports(int port) implements ConnectionPorts {

		@Override
		public int get(int containerPort) {
			assertThat(containerPort).isEqualTo(4566);
			return this.port;
		}

		@Override
		public List<Integer> getAll() {
			return List.of(this.port);
		}

		@Override
		public List<Integer> getAll(@Nullable String protocol) {
			return getAll();
		}

	}

}
