package io.s4db.spring.autoconfigure;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.s4db.DirectoryLockedException;
import io.s4db.ForeignDirectoryException;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.autoconfigure.S4DBProperties.StoreType;
import io.s4db.spring.metrics.S4DBMetrics;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Tasks;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

/**
 * Tests of the databases {@code s4db.databases.*}, and of those that an application makes
 * with {@link S4DBFactory}.
 */
@ExtendWith(OutputCaptureExtension.class)
class NamedDatabasesTests {

	private final ApplicationContextRunner runner = Contexts.runner()
		.withConfiguration(AutoConfigurations.of(S4DBAutoConfiguration.class,
				S4DBHealthContributorAutoConfiguration.class, S4DBMetricsAutoConfiguration.class));

	private final ApplicationContextRunner two = this.runner.withPropertyValues("s4db.store=memory",
			"s4db.databases.orders.store=memory");

	private final ApplicationContextRunner onlyNamed = this.runner
		.withPropertyValues("s4db.databases.orders.store=memory", "s4db.databases.archive.store=memory");

	@Test
	void shouldInjectTheDefaultOneAndTheOthersByName() {
		this.two.withUserConfiguration(Users.class).run((context) -> {
			assertThat(context).hasNotFailed();
			Users users = context.getBean(Users.class);
			assertThat(users.template).isSameAs(context.getBean(S4DBTemplate.class))
				.isSameAs(context.getBean("s4dbTemplate"));
			assertThat(users.database).isSameAs(context.getBean(S4DB.class)).isSameAs(context.getBean("s4db"));
			assertThat(users.ordersTemplate).isSameAs(context.getBean("ordersS4DBTemplate"));
			assertThat(users.ordersTemplate.getDatabase()).isSameAs(users.orders)
				.isSameAs(context.getBean("ordersS4DB"));
			users.template.put("a", "default");
			users.ordersTemplate.put("a", "orders");
			assertThat(users.database.get("a")).isEqualTo("default");
			assertThat(users.orders.get("a")).isEqualTo("orders");
		});
	}

	@Test
	void shouldManageAndShowEachByItsName() {
		TestObservationRegistry observations = TestObservationRegistry.create();
		MeterRegistry registry = new SimpleMeterRegistry();
		this.two.withBean(TestObservationRegistry.class, () -> observations)
			.withBean(MeterRegistry.class, () -> registry)
			.run((context) -> {
				assertThat(context.getBean(ManagedDatabases.class).names()).containsExactlyInAnyOrder("s4db", "orders");
				CompositeHealthContributor health = context.getBean(CompositeHealthContributor.class);
				assertThat(health.stream()).extracting(HealthContributors.Entry::name)
					.containsExactlyInAnyOrder("s4db", "orders");
				assertThat(health.stream())
					.allSatisfy((entry) -> assertThat(health((HealthIndicator) entry.contributor()).getDetails())
						.containsKey("location"));
				context.getBean(S4DBMetrics.class).bindTo(registry);
				assertThat(registry.getMeters()).isNotEmpty()
					.allSatisfy((meter) -> assertThat(meter.getId().getTag("database")).isIn("s4db", "orders"));
				assertThat(registry.find("s4db.keys").tag("database", "orders").gauge()).isNotNull();
				template(context, "orders").put("a", "1");
				TestObservationRegistryAssert.assertThat(observations)
					.hasAnObservation((observation) -> observation.hasLowCardinalityKeyValue("database", "orders")
						.hasLowCardinalityKeyValue("operation", "put"));
				context.getBean(S4DBTemplate.class).put("a", "1");
				TestObservationRegistryAssert.assertThat(observations)
					.hasAnObservationWithAKeyValue("database", "s4db");
			});
	}

	@Test
	void whenThereIsNoDefaultShouldDoWithout() {
		this.onlyNamed.run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean("s4db").doesNotHaveBean(ObjectStore.class);
			assertThat(context.getBean(ManagedDatabases.class).names()).containsExactlyInAnyOrder("orders", "archive");
			template(context, "orders").put("a", "1");
			assertThat(template(context, "archive").get("a")).isNull();
			assertThat(context).doesNotHaveBean("s4dbTemplate");
		});
		this.onlyNamed.withUserConfiguration(Users.class)
			.run((context) -> assertThat(failure(context)).isInstanceOf(NoSuchBeanDefinitionException.class));
	}

	/** Nobody forgets a setting of the default database in silence. */
	@ParameterizedTest
	@CsvSource({ "s4db.local-dir, s4db.bucket", "s4db.upload.interval, s4db.bucket", "s4db.prefix, s4db.bucket" })
	void whenAnythingOfTheDefaultIsSetShouldWantAllOfIt(String set, String missing) {
		this.onlyNamed.withPropertyValues(set + "=1s")
			.run((context) -> assertThat(failure(context)).hasMessage(missing + " is not set"));
	}

	@Test
	void whenSetByTheEnvironmentShouldBeThere() {
		Map<String, Object> variables = Map.of("S4DB_DATABASES_ORDERS_STORE", "memory",
				"S4DB_DATABASES_ORDERS_UPLOAD_INTERVAL", "off", "S4DB_HOME", "/opt/s4db");
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables)))
			.run((context) -> assertThat(context).hasNotFailed().hasBean("ordersS4DB").doesNotHaveBean("s4db"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders", "ordersEu", "orders-eu", "my_db", "My-DB9", "MyOther", "[MyOther]" })
	void whenANameIsAllowedShouldBeThereWhereverItIsSet(String written) {
		String name = written.replaceAll("[\\[\\]]", "");
		String prefix = "s4db.databases." + written + ".";
		Map<String, Object> settings = Map.of(prefix + "store", "memory", prefix + "max-file-size", "2KB",
				"s4db.databases.off.enabled", "false");
		for (PropertySource<?> source : List.of(
				new OriginTrackedMapPropertySource("yaml", new LinkedHashMap<>(settings)),
				new SimpleCommandLinePropertySource(settings.entrySet()
					.stream()
					.map((setting) -> "--" + setting.getKey() + "=" + setting.getValue())
					.toArray(String[]::new)))) {
			withSource(source).run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean("s4db").doesNotHaveBean("offS4DB");
				assertThat(context.getBean(ManagedDatabases.class).names()).containsExactly(name);
				template(context, name).put("a", "1");
				S4DBProperties properties = Objects
					.requireNonNull(context.getBean(S4DBProperties.class).databases().get(name));
				assertThat(properties.maxFileSize()).isEqualTo(DataSize.ofKilobytes(2));
			});
			withSource(source).withPropertyValues(prefix + "enabled=false", "s4db.store=memory")
				.run((context) -> assertThat(context.getBean(ManagedDatabases.class).names()).containsExactly("s4db"));
		}
	}

	private ApplicationContextRunner withSource(PropertySource<?> source) {
		return this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addLast(source));
	}

	/** A variable has neither dashes nor capitals, and is no second database. */
	@ParameterizedTest
	@CsvSource({ "orders-eu, ORDERSEU", "ordersEu, ORDERSEU", "my_db, MYDB", "My-DB9, MYDB9" })
	void whenTheEnvironmentSetsSomethingOfAnotherSpellingShouldSetItThere(String name, String variable) {
		String prefix = "S4DB_DATABASES_" + variable + "_";
		Map<String, Object> variables = Map.of(prefix + "UPLOAD_INTERVAL", "5s");
		this.runner.withPropertyValues("s4db.databases." + name + ".store=memory")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables)))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(ManagedDatabases.class).names()).containsExactly(name);
				Map<String, S4DBProperties> databases = context.getBean(S4DBProperties.class).databases();
				assertThat(databases).containsOnlyKeys(name);
				assertThat(databases.get(name)).isNotNull()
					.satisfies((database) -> assertThat(database.upload().interval()).hasSeconds(5))
					.satisfies((database) -> assertThat(database.store()).isEqualTo(StoreType.MEMORY));
			});
	}

	@ParameterizedTest
	@CsvSource({ "orders-eu, orders_eu", "ordersEu, orders-eu", "ordersEU, ordersEu", "[orders-eu], orderseu" })
	void whenANameIsWrittenInTwoWaysShouldRefuse(String one, String other) {
		this.runner
			.withPropertyValues("s4db.databases." + one + ".store=memory", "s4db.databases." + other + ".store=memory",
					"s4db.databases." + other + ".max-file-size=2KB")
			.run((context) -> assertThat(failure(context)).isInstanceOf(InvalidS4DBPropertyException.class)
				.hasMessageContaining("s4db.databases." + one.replaceAll("[\\[\\]]", ""))
				.hasMessageContaining("s4db.databases." + other)
				.hasMessageContaining("are the same name"));
	}

	@Test
	void whenSwitchedOffShouldLeaveThatOneOut() {
		this.onlyNamed.withPropertyValues("s4db.databases.archive.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("ordersS4DB")
				.doesNotHaveBean("archiveS4DB")
				.doesNotHaveBean("s4db"));
		this.onlyNamed.withPropertyValues("s4db.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(S4DB.class));
	}

	@Test
	void whenTheApplicationHasADatabaseShouldHaveThatForTheDefault() {
		this.runner.withPropertyValues("s4db.databases.orders.store=memory")
			.withBean("mine", StubS4DB.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(S4DBTemplate.class).getDatabase()).isSameAs(context.getBean("mine"));
				assertThat(context.getBean(ManagedDatabases.class).names()).containsExactlyInAnyOrder("mine", "orders");
			});
	}

	@Test
	void whenTheApplicationHasAStoreShouldHaveTheDefaultThere() {
		this.runner.withPropertyValues("s4db.databases.orders.store=memory")
			.withBean(ObjectStore.class, InMemoryObjectStore::new)
			.run((context) -> {
				assertThat(context).hasNotFailed().hasBean("s4db");
				assertThat(managed(context, "s4db").bucket().description())
					.isEqualTo(context.getBean(ObjectStore.class).description());
				assertThat(managed(context, "orders").bucket().description())
					.isNotEqualTo(context.getBean(ObjectStore.class).description());
			});
	}

	@Test
	void shouldHaveAllOptionsEachItsOwn(@TempDir Path directory) {
		this.two
			.withPropertyValues("s4db.databases.orders.local-dir=" + directory.resolve("orders"),
					"s4db.databases.orders.upload.interval=off", "s4db.databases.orders.mode=read-only",
					"s4db.databases.archive.store=directory",
					"s4db.databases.archive.directory.path=" + directory.resolve("archive"))
			.withBean(S4DBOptionsCustomizer.class, Names::new)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				S4DBProperties properties = context.getBean(S4DBProperties.class);
				assertThat(properties.mode()).isEqualTo(Mode.READ_WRITE);
				S4DBProperties orders = Objects.requireNonNull(properties.databases().get("orders"));
				assertThat(orders.mode()).isEqualTo(Mode.READ_ONLY);
				assertThat(orders.upload().interval()).isZero();
				assertThat(orders.maxFileSize()).isEqualTo(properties.maxFileSize());
				assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
					.isThrownBy(() -> template(context, "orders").put("a", "1"));
				template(context, "archive").put("a", "1");
				template(context, "archive").upload();
				assertThat(directory.resolve("archive")).isNotEmptyDirectory();
				assertThat(context.getBean(Names.class).seen).containsExactlyInAnyOrder("s4db", "orders", "archive");
			});
	}

	@Test
	void shouldUploadEachAtItsOwnInterval() {
		ManualTasks tasks = new ManualTasks();
		this.two
			.withPropertyValues("s4db.upload.interval=1m", "s4db.databases.orders.upload.interval=10s",
					"s4db.databases.archive.store=memory", "s4db.databases.archive.upload.interval=off",
					"s4db.databases.archive.upload.on-close=false")
			.withBean(Tasks.class, () -> tasks)
			.run((context) -> {
				Stream.of("orders", "archive").forEach((name) -> template(context, name).put("a", "1"));
				context.getBean(S4DBTemplate.class).put("a", "1");
				tasks.pass(Duration.ofSeconds(11));
				assertThat(pending(context)).isEqualTo(Map.of("s4db", 1L, "orders", 0L, "archive", 1L));
				tasks.pass(Duration.ofMinutes(1));
				assertThat(pending(context)).isEqualTo(Map.of("s4db", 0L, "orders", 0L, "archive", 1L));
			});
	}

	private static Map<String, Long> pending(ApplicationContext context) {
		return context.getBean(ManagedDatabases.class)
			.all()
			.stream()
			.collect(Collectors.toMap(ManagedDatabase::name,
					(database) -> database.database().stats().pendingEntries()));
	}

	@Test
	void whenStoresAreAwayShouldStartAllTheSame() {
		this.runner.withBean(S3Client.class, NamedDatabasesTests::unreachable)
			.withPropertyValues("s4db.databases.orders.bucket=orders", "s4db.databases.archive.bucket=archive",
					"s4db.databases.local.store=memory")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				template(context, "local").put("a", "1");
				assertThatExceptionOfType(StoreUnavailableException.class)
					.isThrownBy(() -> database(context, "orders").get("a"));
				CompositeHealthContributor health = context.getBean(CompositeHealthContributor.class);
				assertThat(status(health, "orders")).isEqualTo("DOWN");
				assertThat(status(health, "local")).isEqualTo("UP");
				assertThat(managed(context, "archive").bucket().description()).isEqualTo("s3://archive/s4db/");
			});
	}

	private static String status(CompositeHealthContributor health, String name) {
		HealthContributor contributor = Objects.requireNonNull(health.getContributor(name));
		return health((HealthIndicator) contributor).getStatus().getCode();
	}

	private static Health health(HealthIndicator indicator) {
		return Objects.requireNonNull(indicator.health(true));
	}

	private static S3Client unreachable() {
		return S3Client.builder()
			.region(Region.US_EAST_1)
			.endpointOverride(URI.create("http://127.0.0.1:1"))
			.credentialsProvider(AnonymousCredentialsProvider.create())
			.overrideConfiguration((configuration) -> configuration.retryStrategy((retries) -> retries.maxAttempts(1)))
			.build();
	}

	static List<Arguments> mistakes() {
		String memory = "s4db.databases.b.store=memory";
		String inDirectory = "s4db.databases.b.store=directory";
		String path = "s4db.databases.b.directory.path=target/mistakes";
		return List.of(
				mistake("s4db.databases.[a/b]", "'a/b' cannot be the name of a database",
						"s4db.databases.[a/b].store=memory"),
				mistake("s4db.databases.[a.b]", "'a.b' cannot be the name of a database",
						"s4db.databases.[a.b].store=memory"),
				mistake("s4db.databases.[ü]", "'ü' cannot be the name of a database",
						"s4db.databases.[ü].store=memory"),
				mistake("s4db.databases.s4db", "is the name of the default database",
						"s4db.databases.s4db.store=memory"),
				mistake("s4db.databases.b.databases", "a database has none of its own", memory,
						"s4db.databases.b.databases.c.store=memory"),
				mistake("s4db.databases.b.bucket", "s4db.databases.b.bucket is not set",
						"s4db.databases.b.mode=read-only"),
				mistake("s4db.databases.b.bucket", "cannot be the name of a bucket",
						"s4db.databases.b.bucket=s3://shop"),
				mistake("s4db.databases.b.store", "there is no S3Client bean", "s4db.databases.b.bucket=shop"),
				mistake("s4db.databases.b.directory.path", "s4db.databases.b.directory.path is not set",
						"s4db.databases.b.store=directory"),
				mistake("s4db.databases.b.directory.path", "which cannot be made", inDirectory,
						"s4db.databases.b.directory.path=pom.xml/b"),
				mistake("s4db.databases.b.max-file-size", "must be between", memory,
						"s4db.databases.b.max-file-size=1B"),
				mistake("s4db.databases.b.compaction.retention", "must be at most", memory,
						"s4db.databases.b.compaction.retention=36501d"),
				mistake("s4db.databases.b.read.coalesce-gap", "must be at most 1GB", memory,
						"s4db.databases.b.read.coalesce-gap=10GB"),
				mistake("s4db.databases.b.upload.interval", "must be at least 1ms, or 'off' for never", memory,
						"s4db.databases.b.upload.interval=-1s"),
				mistake("s4db.databases.b.refresh.interval", "must be at least 1ms, or 'off' for never", memory,
						"s4db.databases.b.refresh.interval=-1s"),
				mistake("s4db.databases.b.local-dir", "begins with a '~'", inDirectory, path,
						"s4db.databases.b.local-dir=~/b"),
				mistake("s4db.databases.b.directory.path", "which is a URL", inDirectory,
						"s4db.databases.b.directory.path=file:/b"),
				mistake("s4db.databases.b.local-dir", "which is a file", inDirectory, path,
						"s4db.databases.b.local-dir=pom.xml"),
				mistake("s4db.databases.b.local-dir", "which cannot be made", inDirectory, path,
						"s4db.databases.b.local-dir=pom.xml/b"));
	}

	/** Whichever of the two is wrong, and whichever is asked for first. */
	@ParameterizedTest
	@CsvSource({ "s4db., s4db.databases.b., false", "s4db.databases.b., s4db., false", "s4db., s4db.databases.b., true",
			"s4db.databases.b., s4db., true" })
	void whenASettingOfOneIsWrongShouldNotHaveBegunToOpenAnother(String right, String wrong, boolean namedFirst,
			@TempDir Path directory) {
		ApplicationContextRunner both = this.runner.withBean(Tasks.class, ManualTasks::new)
			.withPropertyValues(right + "store=directory", right + "directory.path=" + directory.resolve("db"),
					right + "local-dir=" + directory.resolve("local"), wrong + "store=memory",
					wrong + "max-file-size=1B");
		(namedFirst ? both.withUserConfiguration(AsksForB.class) : both)
			.run((context) -> assertThat(failure(context)).asInstanceOf(throwable(InvalidS4DBPropertyException.class))
				.satisfies((ex) -> assertThat(ex.getProperty()).isEqualTo(wrong + "max-file-size")));
		assertThat(directory).isEmptyDirectory();
	}

	@Test
	void whenTwoAreInTheSamePlaceShouldNotHaveBegunToOpenEither(@TempDir Path directory) {
		this.runner.withBean(Tasks.class, ManualTasks::new)
			.withPropertyValues(settings("s4db.", "store=directory,directory.path=target/x", directory))
			.withPropertyValues(settings("s4db.databases.a.", local("1", "l"), directory))
			.withPropertyValues(settings("s4db.databases.b.", local("2", "l"), directory))
			.run((context) -> assertThat(failure(context)).isInstanceOf(InvalidS4DBPropertyException.class));
		assertThat(directory).isEmptyDirectory();
	}

	private static Arguments mistake(String property, String problem, String... settings) {
		return Arguments.of(property, problem, settings);
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void whenASettingIsWrongShouldNameTheProperty(String property, String problem, String[] settings) {
		this.runner.withPropertyValues(settings)
			.run((context) -> assertThat(failure(context)).asInstanceOf(throwable(InvalidS4DBPropertyException.class))
				.hasMessageContaining(problem)
				.satisfies((ex) -> assertThat(ex.getProperty().replaceAll("[\\[\\]]", ""))
					.isEqualTo(property.replaceAll("[\\[\\]]", "")))
				.satisfies((ex) -> assertThat(ex.getMessage() + ex.getAction()).doesNotContain(" s4db.bucket")
					.doesNotContain(" s4db.local-dir")));
	}

	static List<Arguments> samePlaces() {
		return List.of(Arguments.of("bucket=shop,prefix=p/", "bucket=shop,prefix=p/", "prefix"),
				Arguments.of(local("1", "x"), local("2", "y/../x"), "local-dir"),
				Arguments.of(local("1", "x"), local("2", "x/y"), "local-dir"),
				Arguments.of("store=directory,directory.path=target/x", "store=directory,directory.path=target/x",
						"directory.path"),
				Arguments.of("store=directory,directory.path=target/x", local("2", "x/l"), "local-dir"),
				Arguments.of(local("1", "x"), "store=directory,directory.path=target/x/l", "directory.path"));
	}

	private static String local(String path, String localDir) {
		return "store=directory,directory.path=target/" + path + ",local-dir=target/" + localDir;
	}

	@ParameterizedTest
	@MethodSource("samePlaces")
	void whenTwoAreInTheSamePlaceShouldRefuse(String first, String second, String property, @TempDir Path directory) {
		ApplicationContextRunner s3 = this.runner.withBean(S3Client.class, NamedDatabasesTests::unreachable);
		for (String other : List.of("s4db.", "s4db.databases.a.")) {
			s3.withPropertyValues(settings(other, first, directory))
				.withPropertyValues(settings("s4db.databases.b.", second, directory))
				.run((context) -> assertThat(failure(context))
					.asInstanceOf(throwable(InvalidS4DBPropertyException.class))
					.hasMessageContaining(other)
					.hasMessageContaining("two databases cannot be in the same place")
					.satisfies((ex) -> assertThat(ex.getProperty()).isEqualTo("s4db.databases.b." + property))
					.satisfies((ex) -> assertThat(ex.getAction()).contains("Set s4db.databases.b." + property)));
		}
	}

	@Test
	void whenTwoAreApartInOneBucketShouldStart() {
		this.runner.withBean(S3Client.class, NamedDatabasesTests::unreachable)
			.withPropertyValues("s4db.bucket=shop", "s4db.databases.b.bucket=shop", "s4db.databases.b.prefix=b/")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static String[] settings(String prefix, String settings, Path target) {
		return Arrays.stream(settings.replace("target", target.toString()).split(","))
			.map((setting) -> prefix + setting)
			.toArray(String[]::new);
	}

	/** Tests of one application have several contexts at a time. */
	@Test
	void whenInMemoryShouldNotLookAtTheLocalDirectory(CapturedOutput output, @TempDir Path directory) throws Exception {
		Path file = Files.createFile(directory.resolve("file"));
		for (Path localDir : List.of(directory.resolve("local"), file, file.resolve("local"))) {
			ApplicationContextRunner inMemory = this.two.withPropertyValues("s4db.local-dir=" + localDir,
					"s4db.databases.orders.local-dir=" + localDir);
			inMemory.run((first) -> inMemory.run((second) -> {
				assertThat(first).hasNotFailed();
				assertThat(second).hasNotFailed();
				first.getBean(S4DBTemplate.class).put("a", "1");
				template(first, "orders").put("a", "1");
				assertThat(second.getBean(S4DBTemplate.class).get("a")).isNull();
				assertThat(template(second, "orders").get("a")).isNull();
			}));
		}
		assertThat(directory).isDirectoryNotContaining((path) -> !path.equals(file));
		assertThat(output).doesNotContain("does not outlive")
			.contains("s4db.databases.orders.local-dir has no effect, since s4db.databases.orders.store is 'memory'");
	}

	/** The property tells of the store that is not there. */
	@Test
	void whenTheStoreIsTheApplicationsShouldLookAtTheLocalDirectory(@TempDir Path directory) {
		this.runner.withPropertyValues("s4db.store=memory", "s4db.local-dir=" + directory)
			.withBean(ObjectStore.class, InMemoryObjectStore::new)
			.run((context) -> {
				context.getBean(S4DBTemplate.class).put("a", "1");
				assertThat(directory).isNotEmptyDirectory();
			});
	}

	@Test
	void whenABeanHasTheNameShouldSaySo() {
		this.two.withBean("ordersS4DB", StubS4DB.class)
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("s4db.databases.orders makes a bean named 'ordersS4DB'"));
		this.two.withBean("orders", StubS4DB.class)
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("s4db.databases.orders has the name of a bean of type S4DB"));
	}

	@Test
	void whenTheLocalDirectoryIsLockedShouldNameTheProperty(@TempDir Path directory) {
		Path localDir = directory.resolve("local");
		S4DBOptions options = S4DBOptions.builder().localDir(localDir).build();
		try (S4DB held = S4DBEngine.open(new DirectoryObjectStore(directory.resolve("db")), options)) {
			assertThat(held.size()).isZero();
			this.runner
				.withPropertyValues("s4db.databases.b.store=directory",
						"s4db.databases.b.directory.path=" + directory.resolve("db"),
						"s4db.databases.b.local-dir=" + localDir, "s4db.databases.a.store=memory")
				.run((context) -> assertThat(failure(context))
					.asInstanceOf(throwable(InvalidS4DBPropertyException.class))
					.satisfies((ex) -> assertThat(ex.getAction()).contains("s4db.databases.b.local-dir"))
					.satisfies((ex) -> assertThat(ex.getSuppressed())
						.hasAtLeastOneElementOfType(DirectoryLockedException.class)));
		}
	}

	/** Told apart from a bucket that is away: no other try would help. */
	@Test
	void whenTheLocalDirectoryIsOfAnotherDatabaseShouldNameTheProperty(@TempDir Path directory) {
		Path localDir = directory.resolve("local");
		S4DBOptions options = S4DBOptions.builder().localDir(localDir).build();
		try (S4DB other = S4DBEngine.open(new DirectoryObjectStore(directory.resolve("other")), options)) {
			other.put("a", "1");
		}
		this.two.withPropertyValues("s4db.databases.b.store=directory",
				"s4db.databases.b.directory.path=" + directory.resolve("db"), "s4db.databases.b.local-dir=" + localDir)
			.run((context) -> assertThat(failure(context)).asInstanceOf(throwable(InvalidS4DBPropertyException.class))
				.hasMessageContaining("belongs to the database in")
				.satisfies((ex) -> assertThat(ex.getAction()).contains("Set s4db.databases.b.local-dir"))
				.satisfies((ex) -> assertThat(ex.getSuppressed())
					.hasAtLeastOneElementOfType(ForeignDirectoryException.class)));
	}

	@Test
	void whenAChildContextHasTheSamePropertiesShouldLeaveThemToTheParent(@TempDir Path directory) {
		ApplicationContextRunner parents = this.two.withPropertyValues("s4db.databases.orders.store=directory",
				"s4db.databases.orders.directory.path=" + directory.resolve("db"),
				"s4db.databases.orders.local-dir=" + directory.resolve("local"));
		parents.run((parent) -> parents.withParent(parent).withBean("mine", StubS4DB.class).run((child) -> {
			assertThat(child).hasNotFailed();
			assertThat(child.getBean(ManagedDatabases.class).names()).containsExactly("mine");
			assertThat(template(child, "orders")).isSameAs(template(parent, "orders"));
		}));
		parents.run((parent) -> parents.withParent(parent).run((child) -> {
			assertThat(child).hasNotFailed();
			assertThat(child.getBeanFactory().getBeanNamesForType(ManagedDatabases.class)).isEmpty();
		}));
	}

	@Test
	void whenTheApplicationMakesDatabasesShouldOpenThemByTheirProperties(@TempDir Path directory) {
		this.two.withUserConfiguration(OwnDatabases.class)
			.withPropertyValues("app.archive.store=directory", "app.archive.directory.path=" + directory.resolve("db"),
					"app.archive.upload.interval=off")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(ManagedDatabases.class).names()).containsExactlyInAnyOrder("s4db", "orders",
						"archive", "scratch");
				assertThat(managed(context, "archive").bucket().description()).contains("db");
				context.getBean("archiveTemplate", S4DBTemplate.class).put("a", "1");
				context.getBean("archiveTemplate", S4DBTemplate.class).upload();
				assertThat(directory.resolve("db")).isNotEmptyDirectory();
				assertThat(context.getBean(S4DBTemplate.class).getDatabase()).isSameAs(context.getBean("s4db"));
				assertThatExceptionOfType(UnsupportedOperationException.class)
					.isThrownBy(() -> context.getBean("scratch", S4DB.class).put("a", "1"));
			});
		this.two.withUserConfiguration(OwnDatabases.class)
			.withPropertyValues("app.archive.store=directory", "app.archive.directory.path=")
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("app.archive.directory.path is not set"));
	}

	@Test
	void whenADatabaseWasClosedShouldGiveItsPlaceFree(@TempDir Path directory) {
		this.two
			.withPropertyValues("app.a.store=directory", "app.a.directory.path=" + directory.resolve("a"),
					"app.a.local-dir=" + directory.resolve("local"), "app.b.store=directory",
					"app.b.directory.path=" + directory.resolve("a"), "app.b.local-dir=" + directory.resolve("local"))
			.run((context) -> {
				S4DBFactory factory = context.getBean(S4DBFactory.class);
				S4DB first = factory.database("app.a").open();
				assertThatExceptionOfType(InvalidS4DBPropertyException.class)
					.isThrownBy(() -> factory.database("app.b").open());
				first.close();
				factory.database("app.b").open().close();
			});
	}

	@Test
	void whenTwoHaveOneStoreShouldRefuse() {
		ObjectStore store = new InMemoryObjectStore();
		this.two.run((context) -> {
			S4DBFactory factory = context.getBean(S4DBFactory.class);
			try (S4DB first = factory.database("app.a").store(store).open()) {
				assertThat(first.size()).isZero();
				assertThatExceptionOfType(InvalidS4DBPropertyException.class)
					.isThrownBy(() -> factory.database("app.b").store(store).open())
					.withMessageContaining("The databases of app.b and app.a have the same store");
			}
		});
	}

	private static Throwable failure(AssertableApplicationContext context) {
		return NestedExceptionUtils.getMostSpecificCause(Objects.requireNonNull(context.getStartupFailure()));
	}

	private static S4DB database(ApplicationContext context, String name) {
		return context.getBean(DatabaseNames.beanName(name), S4DB.class);
	}

	private static S4DBTemplate template(ApplicationContext context, String name) {
		return context.getBean(DatabaseNames.templateBeanName(name), S4DBTemplate.class);
	}

	private static ManagedDatabase managed(ApplicationContext context, String name) {
		return Objects.requireNonNull(context.getBean(ManagedDatabases.class).get(name));
	}

	@Configuration(proxyBeanMethods = false)
	static class Users {

		private final S4DBTemplate template;

		private final S4DB database;

		private final S4DBTemplate ordersTemplate;

		private final S4DB orders;

		Users(S4DBTemplate template, S4DB database, @Qualifier("orders") S4DBTemplate ordersTemplate,
				@Qualifier("orders") S4DB orders) {
			this.template = template;
			this.database = database;
			this.ordersTemplate = ordersTemplate;
			this.orders = orders;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsksForB {

		AsksForB(@Qualifier("b") S4DBTemplate template) {
			assertThat(template).isNotNull();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnDatabases {

		@Bean(defaultCandidate = false)
		S4DB archive(S4DBFactory databases) {
			return databases.database("app.archive").open();
		}

		@Bean(defaultCandidate = false)
		S4DBTemplate archiveTemplate(S4DBFactory databases, @Qualifier("archive") S4DB archive) {
			return databases.template("archive", archive);
		}

		@Bean(defaultCandidate = false)
		S4DB scratch(S4DBFactory databases) {
			return databases.database("app.scratch")
				.store(new InMemoryObjectStore())
				.options((options) -> options.mode(Mode.READ_ONLY))
				.open();
		}

	}

	/** Takes down whose options there are. */
	static class Names implements S4DBOptionsCustomizer {

		private final List<String> seen = new CopyOnWriteArrayList<>();

		@Override
		public void customize(S4DBOptions.Builder options) {
		}

		@Override
		public void customize(String database, S4DBOptions.Builder options) {
			this.seen.add(database);
		}

	}

}
