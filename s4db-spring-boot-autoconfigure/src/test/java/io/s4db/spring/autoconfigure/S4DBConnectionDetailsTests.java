package io.s4db.spring.autoconfigure;

import java.util.Objects;
import java.util.stream.Stream;

import io.s4db.S4DB;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.S3Request;
import io.s4db.store.testing.S3TestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link S4DBConnectionDetails}.
 */
class S4DBConnectionDetailsTests {

	private final S3TestServer server = new S3TestServer();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(S4DBAutoConfiguration.class))
		.withBean(S3Client.class, this.server::newClient)
		.withPropertyValues("s4db.bucket=mine", "s4db.databases.orders.bucket=orders", "archive.bucket=archive")
		.withUserConfiguration(Archive.class);

	S4DBConnectionDetailsTests() {
		Stream.of("mine", "orders", "archive", "their-s4db", "their-orders", "their-archive")
			.forEach(this.server::createBucket);
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void whenThereAreNoneShouldSayWhatThePropertiesSay() {
		this.runner.run((context) -> {
			S4DBConnectionDetails details = context.getBean(S4DBConnectionDetails.class);
			assertThat(details).isInstanceOf(PropertiesS4DBConnectionDetails.class);
			assertThat(details.getBucket("s4db")).isEqualTo("mine");
			assertThat(details.getBucket("orders")).isEqualTo("orders");
			assertThat(details.getBucket("archive")).isNull();
			assertThat(place(context, "s4db")).isEqualTo("s3://mine/s4db/");
			assertThat(place(context, "orders")).isEqualTo("s3://orders/s4db/");
			assertThat(place(context, "archive")).isEqualTo("s3://archive/s4db/");
		});
		assertThat(this.server.requests()).noneMatch(S4DBConnectionDetailsTests::makesBucket);
	}

	@Test
	void whenThereAreSomeShouldHaveDatabasesThere() {
		this.runner.withBean(S4DBConnectionDetails.class, () -> (database) -> "their-" + database).run((context) -> {
			assertThat(place(context, "s4db")).isEqualTo("s3://their-s4db/s4db/");
			assertThat(place(context, "orders")).isEqualTo("s3://their-orders/s4db/");
			assertThat(place(context, "archive")).isEqualTo("s3://their-archive/s4db/");
		});
		assertThat(this.server.requests()).noneMatch(S4DBConnectionDetailsTests::makesBucket);
	}

	@Test
	void whenTheyPutTwoDatabasesInOnePlaceShouldRefuse() {
		this.runner.withBean(S4DBConnectionDetails.class, () -> (database) -> S3TestServer.BUCKET)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("two databases cannot be in the same place"));
	}

	@Test
	void whenTheStoreIsABeanShouldNotMakeABucketForIt() {
		this.runner.withBean(S4DBConnectionDetails.class, Development::new)
			.withBean(ObjectStore.class, InMemoryObjectStore::new)
			.run((context) -> assertThat(context.getBean(S4DB.class).get("a")).isNull());
		assertThat(this.server.requests()).filteredOn(S4DBConnectionDetailsTests::makesBucket)
			.extracting(S3Request::bucket)
			.containsExactlyInAnyOrder("orders", "archive");
	}

	private static boolean makesBucket(S3Request request) {
		return request.method().equals("PUT") && request.key().isEmpty();
	}

	private static @Nullable String place(ApplicationContext context, String database) {
		return Objects.requireNonNull(context.getBean(ManagedDatabases.class).get(database)).bucket().description();
	}

	@Configuration(proxyBeanMethods = false)
	static class Archive {

		@Bean(defaultCandidate = false)
		S4DB archive(S4DBFactory databases) {
			return databases.database("archive").open();
		}

	}

	private static final class Development implements S4DBConnectionDetails {

		@Override
		public String getBucket(String database) {
			return database;
		}

		@Override
		public boolean isForDevelopment() {
			return true;
		}

	}

}
