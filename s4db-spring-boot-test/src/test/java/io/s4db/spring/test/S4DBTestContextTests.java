package io.s4db.spring.test;

import java.util.List;

import io.s4db.S4DB;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import io.s4db.store.s3.S3ObjectStore;
import io.s4db.store.testing.S3TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the contexts that tests get: all of them stay open until the JVM ends.
 */
class S4DBTestContextTests {

	private static final S3TestServer server = new S3TestServer();

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void contextsShouldBeOpenAtTheSameTimeWithDatabasesOfTheirOwn() throws Exception {
		ApplicationContext first = context(First.class);
		ApplicationContext second = context(Second.class);
		for (String bean : List.of("s4db", "ordersS4DB")) {
			S4DB database = first.getBean(bean, S4DB.class);
			database.put("a", "1");
			database.upload();
			assertThat(second.getBean(bean, S4DB.class).get("a")).isNull();
			assertThat(database.get("a")).isEqualTo("1");
		}
	}

	@Test
	void testsThatSayTheSameShouldShareTheContext() throws Exception {
		assertThat(context(LikeFirst.class)).isSameAs(context(First.class));
	}

	@Test
	void aWholeApplicationShouldHaveThemInMemoryToo() throws Exception {
		ApplicationContext whole = context(Whole.class);
		Greetings greetings = whole.getBean(Greetings.class);
		greetings.remember("a", "Hello");
		assertThat(greetings.greet("a")).isEqualTo("Hello");
		assertThat(whole.getBeanProvider(S3Client.class).getIfAvailable()).isNull();
	}

	@Test
	void shouldHaveWhatIsAskedForBesides() throws Exception {
		assertThat(context(Importing.class).getBeanProvider(Greetings.class).getIfAvailable()).isNotNull();
		ApplicationContext filtered = context(Filtered.class);
		assertThat(filtered.getBeanProvider(Greetings.class).getIfAvailable()).isNotNull();
		assertThat(filtered.getBeanProvider(MoneyCodec.class).getIfAvailable()).isNull();
		assertThat(filtered.getBeanProvider(JsonMapper.class).getIfAvailable()).isNull();
	}

	@Test
	void whenTheApplicationHasNoDefaultDatabaseShouldHaveNoneEither() throws Exception {
		ApplicationContext named = context(OnlyNamed.class);
		assertThat(named.getBean(ManagedDatabases.class).names()).containsExactlyInAnyOrder("orders", "archive");
		assertThat(named.getBean(ManagedDatabases.class).all())
			.allSatisfy((database) -> assertThat(database.bucket().description()).contains("memory"));
	}

	@Test
	void whatTheTestSetsShouldCountMore() throws Exception {
		assertThat(context(InDirectory.class).getBean(ObjectStore.class)).isInstanceOf(DirectoryObjectStore.class);
	}

	@Test
	void whenTheyAreToStayShouldHaveThemWhereThePropertiesSay() throws Exception {
		ApplicationContext inBucket = context(InBucket.class);
		assertThat(inBucket.getBean(ObjectStore.class)).isInstanceOf(S3ObjectStore.class);
		S4DBTemplate template = inBucket.getBean(S4DBTemplate.class);
		template.put("a", "1");
		assertThat(template.upload().entries()).isOne();
		assertThat(template.get("a")).isEqualTo("1");
	}

	private static ApplicationContext context(Class<?> test) throws Exception {
		return new TestContextManager(test).getTestContext().getApplicationContext();
	}

	@S4DBTest(properties = "which=first")
	static class First {

	}

	@S4DBTest(properties = "which=first")
	static class LikeFirst {

	}

	@S4DBTest(properties = "which=second")
	static class Second {

	}

	@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
	@AutoConfigureS4DB
	static class Whole {

	}

	@S4DBTest
	@Import(Greetings.class)
	static class Importing {

	}

	@S4DBTest(useDefaultFilters = false, includeFilters = @Filter(Service.class),
			excludeAutoConfiguration = JacksonAutoConfiguration.class)
	static class Filtered {

	}

	@S4DBTest(properties = "spring.config.name=only-named")
	static class OnlyNamed {

	}

	@S4DBTest(properties = "s4db.store=directory")
	@TestPropertySource(properties = { "s4db.directory.path=target/test-database", "s4db.local-dir=" })
	static class InDirectory {

	}

	@S4DBTest(properties = { "s4db.local-dir=", "s4db.databases.orders.local-dir=",
			"spring.cloud.aws.region.static=us-east-1", "spring.cloud.aws.s3.path-style-access-enabled=true",
			"spring.cloud.aws.credentials.access-key=" + S3TestServer.ACCESS_KEY,
			"spring.cloud.aws.credentials.secret-key=" + S3TestServer.SECRET_KEY, "s4db.bucket=" + S3TestServer.BUCKET,
			"s4db.databases.orders.bucket=" + S3TestServer.BUCKET })
	@AutoConfigureS4DB(memory = false)
	static class InBucket {

		@DynamicPropertySource
		static void endpoint(DynamicPropertyRegistry registry) {
			registry.add("spring.cloud.aws.s3.endpoint", server::endpoint);
		}

	}

}
