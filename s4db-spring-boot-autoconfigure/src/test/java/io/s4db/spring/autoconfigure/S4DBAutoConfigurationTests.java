package io.s4db.spring.autoconfigure;

import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.S4DBOperations;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.actuate.S4DBEndpoint;
import io.s4db.spring.actuate.S4DBEndpointWebExtension;
import io.s4db.spring.metrics.S4DBMetrics;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.S4DBLifecycle;
import io.s4db.spring.runtime.Tasks;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.spring.testing.StubStore;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.s3.S3ObjectStore;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.awaitility.Awaitility;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskDecorator;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.TaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link S4DBAutoConfiguration} and those that follow it.
 */
@ExtendWith(OutputCaptureExtension.class)
class S4DBAutoConfigurationTests {

	private final ApplicationContextRunner runner = Contexts.runner()
		.withConfiguration(
				AutoConfigurations.of(S4DBAutoConfiguration.class, S4DBHealthContributorAutoConfiguration.class,
						S4DBMetricsAutoConfiguration.class, S4DBMissingClassesAutoConfiguration.class));

	private final ApplicationContextRunner inMemory = this.runner.withPropertyValues("s4db.store=memory");

	@Test
	void whenInMemoryShouldConfigureEverything() {
		this.inMemory.run((context) -> {
			assertThat(context).hasSingleBean(S4DB.class)
				.hasSingleBean(S4DBTemplate.class)
				.hasSingleBean(S4DBOperations.class)
				.hasSingleBean(S4DBLifecycle.class)
				.hasBean("s4db")
				.hasBean("s4dbHealthContributor");
			assertThat(context.getBean(ObjectStore.class)).isInstanceOf(InMemoryObjectStore.class);
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.put("a", "1");
			assertThat(template.get("a")).isEqualTo("1");
		});
	}

	/** A client of a server that is not there. */
	private static S3Client unreachable() {
		return S3Client.builder()
			.region(Region.US_EAST_1)
			.endpointOverride(URI.create("http://127.0.0.1:1"))
			.credentialsProvider(AnonymousCredentialsProvider.create())
			.build();
	}

	@Test
	void whenThereIsAnS3ClientShouldUseIt() {
		this.runner.withBean(S3Client.class, S4DBAutoConfigurationTests::unreachable)
			.withPropertyValues("s4db.bucket=things")
			.run((context) -> assertThat(context.getBean(ObjectStore.class)).isInstanceOf(S3ObjectStore.class));
	}

	@Test
	void whenInADirectoryShouldUseIt(@TempDir Path directory) {
		inDirectory(directory)
			.run((context) -> assertThat(context.getBean(ObjectStore.class)).isInstanceOf(DirectoryObjectStore.class));
	}

	@Test
	void whenDisabledShouldConfigureNothing() {
		this.inMemory.withPropertyValues("s4db.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(S4DB.class)
				.doesNotHaveBean(S4DBTemplate.class)
				.doesNotHaveBean(ObjectStore.class)
				.doesNotHaveBean(ManagedDatabases.class)
				.doesNotHaveBean("s4dbHealthContributor"));
	}

	@Test
	void whenTheUserHasAStoreShouldUseThat() {
		this.runner.withBean("mine", ObjectStore.class, InMemoryObjectStore::new)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ObjectStore.class)
				.hasSingleBean(S4DB.class));
	}

	@Test
	void whenTheUserHasADatabaseShouldUseThatAndNeedNoBucket() {
		this.runner.withBean("mine", StubS4DB.class).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(S4DB.class).doesNotHaveBean(ObjectStore.class);
			assertThat(context.getBean(S4DBTemplate.class).getDatabase()).isSameAs(context.getBean("mine"));
			assertThat(context.getBean(ManagedDatabases.class).names()).containsExactly("mine");
		});
	}

	@Test
	void whenTheUserHasSeveralDatabasesShouldManageAllAndMakeNoTemplate() {
		this.runner.withBean("first", StubS4DB.class).withBean("second", StubS4DB.class).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(S4DBTemplate.class);
			assertThat(context.getBean(ManagedDatabases.class).names()).containsExactlyInAnyOrder("first", "second");
		});
	}

	@Test
	void whenTheUserHasATemplateShouldUseThat() {
		this.inMemory.withUserConfiguration(OwnTemplate.class)
			.run((context) -> assertThat(context).hasSingleBean(S4DBTemplate.class).hasBean("ownTemplate"));
	}

	@Test
	void shouldLeaveTheApplicationsSchedulerAlone() {
		this.inMemory.withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class))
			.run((context) -> assertThat(context).doesNotHaveBean(TaskScheduler.class));
	}

	@Test
	void whenVirtualThreadsAreOnShouldWorkOnThem() {
		this.inMemory
			.withPropertyValues("spring.threads.virtual.enabled=true", "s4db.upload.interval=10ms",
					"s4db.refresh.interval=10ms", "s4db.compaction.automatic=true")
			.run((context) -> {
				S4DBTemplate template = context.getBean(S4DBTemplate.class);
				template.put("a", "1");
				Awaitility.await().until(() -> template.stats().pendingEntries() == 0);
				assertThat(template.get("a")).isEqualTo("1");
				String thread = context.getBean(Tasks.class)
					.run(() -> Thread.currentThread().getClass().getName())
					.get();
				assertThat(thread.contains("Virtual")).isEqualTo(Runtime.version().feature() >= 21);
			});
	}

	@Test
	void whenAnythingOptionalIsMissingShouldDoWithoutIt() {
		this.inMemory
			.withClassLoader(new FilteredClassLoader(HealthContributor.class, MeterRegistry.class, Endpoint.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(S4DBTemplate.class)
				.doesNotHaveBean("s4dbHealthContributor")
				.doesNotHaveBean(S4DBMetrics.class)
				.doesNotHaveBean(S4DBEndpoint.class)
				.doesNotHaveBean(S4DBEndpointWebExtension.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { S4DBEngine.class, S3Client.class, DataAccessException.class })
	void whenAnythingNeededIsMissingShouldConfigureNothing(Class<?> missing) {
		this.inMemory.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(S4DBTemplate.class));
	}

	@Test
	void whenThePrefixDoesNotEndInASlashShouldWarn(CapturedOutput output) {
		ApplicationContextRunner s3 = this.runner.withBean(S3Client.class, S4DBAutoConfigurationTests::unreachable)
			.withPropertyValues("s4db.bucket=things");
		s3.withPropertyValues("s4db.prefix=db/").run((context) -> assertThat(context).hasNotFailed());
		s3.withPropertyValues("s4db.prefix=").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("does not end in a slash");
		s3.withPropertyValues("s4db.prefix=db").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("s4db.prefix is 'db', which does not end in a slash");
	}

	@Test
	void whenThePrefixIsStrangeShouldWarn(CapturedOutput output) {
		ApplicationContextRunner s3 = this.runner.withBean(S3Client.class, S4DBAutoConfigurationTests::unreachable)
			.withPropertyValues("s4db.bucket=things");
		s3.withPropertyValues("s4db.prefix=a.b/..c/").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("s4db.prefix is");
		s3.withPropertyValues("s4db.prefix=/db/").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("s4db.prefix is '/db/', which begins with a slash");
		s3.withPropertyValues("s4db.prefix=a//db/").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("s4db.prefix is 'a//db/', which has two slashes together");
		s3.withPropertyValues("s4db.prefix=a/../db/").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("s4db.prefix is 'a/../db/', which has the folder '..'");
	}

	@Test
	void whenThePrefixIsAUrlShouldFail() {
		this.runner.withBean(S3Client.class, S4DBAutoConfigurationTests::unreachable)
			.withPropertyValues("s4db.bucket=things", "s4db.prefix=s3://things/a/db/")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.asInstanceOf(InstanceOfAssertFactories.throwable(InvalidS4DBPropertyException.class))
				.hasMessageContaining("which is a URL")
				.satisfies((ex) -> assertThat(ex.getAction()).contains("Set s4db.prefix")
					.contains("'a/db/'")
					.contains("s4db.bucket")));
	}

	/** Binding leaves it as it is: the database would be in a place called so. */
	@ParameterizedTest
	@ValueSource(strings = { "s4db.bucket", "s4db.prefix", "s4db.local-dir", "s4db.s3.kms-key-id", "s4db.s3.tags.team",
			"s4db.directory.path" })
	void whenAPlaceholderHasNoValueShouldFail(String property) {
		String store = property.startsWith("s4db.directory") ? "directory" : "s3";
		this.runner.withBean(S3Client.class, S4DBAutoConfigurationTests::unreachable)
			.withPropertyValues("s4db.bucket=things", "s4db.store=" + store, "s4db.s3.encryption=sse-kms",
					property + "=${no.such.tenant}/db")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.asInstanceOf(InstanceOfAssertFactories.throwable(InvalidS4DBPropertyException.class))
				.hasMessageStartingWith(property + " is '${no.such.tenant}/db'")
				.satisfies((ex) -> assertThat(ex.getAction()).contains("no.such.tenant")));
	}

	/** What is not used may be what it likes: a test has no variables. */
	@Test
	void whenAPlaceholderWithoutValueIsNotUsedShouldStart() {
		this.inMemory
			.withPropertyValues("s4db.local-dir=${no.such}", "s4db.prefix=${no.such}", "s4db.bucket=${no.such}",
					"s4db.directory.path=${no.such}")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenTheLocalDirectoryIsShortLivedShouldWarn(CapturedOutput output, @TempDir Path directory) {
		ApplicationContextRunner inDirectory = inDirectory(directory);
		inDirectory.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("s4db.local-dir is not set");
		inDirectory.withPropertyValues("s4db.local-dir=" + directory.resolve("local"))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("is below the temporary directory");
	}

	@Test
	void whenNothingCanBeLostWithTheContainerShouldNotWarn(CapturedOutput output, @TempDir Path directory) {
		this.inMemory.run((context) -> assertThat(context).hasNotFailed());
		inDirectory(directory).withPropertyValues("s4db.mode=read-only")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("s4db.local-dir");
	}

	@Test
	void whenASettingIsMadeVoidByAnotherShouldWarnOnce(CapturedOutput output) {
		this.inMemory.withPropertyValues("s4db.mode=read-only", "s4db.writers=exclusive")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("s4db.writers has no effect, since s4db.mode is 'read-only'");
	}

	private ApplicationContextRunner inDirectory(Path directory) {
		return this.runner.withPropertyValues("s4db.store=directory", "s4db.directory.path=" + directory.resolve("db"));
	}

	@Test
	void whenTheOptionsAreCustomizedShouldApplyThatLast() {
		this.inMemory.withPropertyValues("s4db.max-file-size=2KB")
			.withBean(S4DBOptionsCustomizer.class, () -> (options) -> options.maxFileSize(1))
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("but is 1"));
	}

	@Test
	void whenStoppedShouldCloseTheDatabaseAfterTheLastUpload() {
		StubS4DB database = new StubS4DB();
		this.runner.withBean("mine", StubS4DB.class, () -> database).run((context) -> {
			context.getBean(S4DBTemplate.class).put("a", "1");
		});
		assertThat(database.calls()).containsExactly("upload CHANGED", "close");
	}

	@Test
	void whenUploadOnCloseIsOffShouldNotUpload() {
		StubS4DB database = new StubS4DB();
		this.runner.withPropertyValues("s4db.upload.on-close=false")
			.withBean("mine", StubS4DB.class, () -> database)
			.run((context) -> context.getBean(S4DBTemplate.class).put("a", "1"));
		assertThat(database.calls()).containsExactly("close");
	}

	/** Whatever it is for: nobody says that the database lives there. */
	@Test
	void whenTheUserHasADatabaseAndAStoreShouldNotTakeTheOneForTheOthers() {
		StubStore store = new StubStore();
		this.runner.withBean("mine", StubS4DB.class).withBean(ObjectStore.class, () -> store).run((context) -> {
			assertThat(context).hasNotFailed();
			context.getBean(ManagedDatabases.class).all().forEach((database) -> database.bucket().status());
			assertThat(store.gets()).isZero();
			assertThat(context.getBean("mine", StubS4DB.class).calls()).containsExactly("refresh");
		});
	}

	@Test
	void whenTheUserHasAStoreShouldKnowThatTheDatabaseLivesThere() {
		this.runner.withBean("mine", ObjectStore.class, InMemoryObjectStore::new)
			.run((context) -> assertThat(managed(context, "s4db").bucket().description())
				.isEqualTo(context.getBean(ObjectStore.class).description()));
	}

	@Test
	void whenNamesHaveSlashesShouldStart() {
		this.runner.withBean("team/first", StubS4DB.class)
			.withBean("team/second", StubS4DB.class)
			.withBean("team.second", StubS4DB.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				CompositeHealthContributor health = context.getBean(CompositeHealthContributor.class);
				assertThat(health.stream()).extracting(HealthContributors.Entry::name)
					.containsExactlyInAnyOrder("team.first", "team.second", "team.second.");
			});
	}

	@Test
	void whenADatabaseIsInAChildContextShouldManageItThere() {
		MeterRegistry registry = new SimpleMeterRegistry();
		this.inMemory.withBean(MeterRegistry.class, () -> registry).run((parent) -> {
			this.runner.withParent(parent).withBean("mine", StubS4DB.class).run((child) -> {
				assertThat(child).hasNotFailed();
				assertThat(child.getBean(ManagedDatabases.class).names()).containsExactly("mine");
				assertThat(child.getBeanFactory().getBeanNamesForType(S4DBLifecycle.class)).hasSize(1);
				assertThat(child.getBeanFactory().getBeanNamesForType(HealthContributor.class)).hasSize(1);
				assertThat(child.getBean(S4DBTemplate.class).getDatabase()).isSameAs(child.getBean("mine"));
				assertThat(registry.find("s4db.keys").tag("database", "mine").gauge()).isNotNull();
				child.getBean("mine", StubS4DB.class).put("a", "1");
				assertThat(parent.getBean(ManagedDatabases.class).names()).containsExactly("s4db");
			});
			assertThat(registry.find("s4db.keys").tag("database", "mine").gauge()).isNull();
			this.runner.withParent(parent).run((child) -> {
				assertThat(child).hasNotFailed();
				assertThat(child.getBeanFactory().getBeanNamesForType(ManagedDatabases.class)).isEmpty();
				assertThat(child.getBeanFactory().getBeanNamesForType(S4DBTemplate.class)).isEmpty();
				assertThat(child.getBean(S4DBTemplate.class)).isSameAs(parent.getBean(S4DBTemplate.class));
			});
		});
	}

	@Test
	void whenHealthIsKeptByTheParentShouldShowTheChildsThere() {
		AutoConfigurations registry = AutoConfigurations.of(HealthContributorRegistryAutoConfiguration.class);
		this.inMemory.withConfiguration(registry).run((parent) -> {
			HealthContributorRegistry contributors = parent.getBean(HealthContributorRegistry.class);
			this.runner.withConfiguration(registry)
				.withParent(parent)
				.withBean("mine", StubS4DB.class)
				.run((child) -> assertThat(contributors.stream()).extracting(HealthContributors.Entry::name)
					.containsExactlyInAnyOrder("s4db", "s4db-mine"));
			assertThat(contributors.stream()).extracting(HealthContributors.Entry::name).containsExactly("s4db");
		});
	}

	@Test
	void whenAnAncestorHasADatabaseThatItDoesNotManageShouldManageThat() {
		new ApplicationContextRunner().withBean("mine", StubS4DB.class)
			.run((parent) -> this.runner.withParent(parent)
				.run((child) -> assertThat(child.getBean(ManagedDatabases.class).names()).containsExactly("mine")));
	}

	@Test
	void whenTheApplicationDecoratesTasksShouldLeaveOursAlone() {
		AtomicInteger decorated = new AtomicInteger();
		this.inMemory
			.withConfiguration(
					AutoConfigurations.of(TaskSchedulingAutoConfiguration.class, TaskExecutionAutoConfiguration.class))
			.withBean(TaskDecorator.class, () -> (task) -> {
				decorated.incrementAndGet();
				throw new IllegalStateException("not here");
			})
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(Tasks.class).run(() -> 1)).succeedsWithin(Duration.ofSeconds(10));
				assertThat(decorated).hasValue(0);
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenAnAdvisorMatchesOurBeansShouldStart(boolean byClass) {
		this.inMemory.withPropertyValues("test.proxy-target-class=" + byClass)
			.withUserConfiguration(AdvisorOfEverything.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(AopUtils.isAopProxy(context.getBean(S4DB.class))).isTrue();
				context.getBean(S4DBTemplate.class).put("a", "1");
				assertThat(context.getBean(S4DB.class).get("a")).isEqualTo("1");
				assertThat(managed(context, "s4db").bucket().status().reachable()).isTrue();
			});
	}

	@Test
	void whenTheDatabaseIsAMockShouldBeQuiet(CapturedOutput output) {
		this.runner.withBean("mine", S4DB.class, () -> Mockito.mock(S4DB.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("s4db.upload.interval=1ms", "s4db.refresh.interval=1ms")
			.run((context) -> {
				S4DB mock = context.getBean(S4DB.class);
				Mockito.verify(mock, Mockito.timeout(10_000).atLeast(10)).stats();
				HealthIndicator indicator = context.getBean(HealthIndicator.class);
				assertThat(indicator.health()).isNotNull();
				context.getBean(S4DBMetrics.class).bindTo(context.getBean(MeterRegistry.class));
				context.getBean(MeterRegistry.class).find("s4db.keys").gauges().forEach(Gauge::value);
			});
		assertThat(output).doesNotContain("WARN").doesNotContain("Exception");
	}

	@ParameterizedTest
	@CsvSource({ "software.amazon.awssdk.services.s3.S3Client, software.amazon.awssdk:s3",
			"org.springframework.dao.DataAccessException, org.springframework:spring-tx",
			"io.s4db.engine.S4DBEngine, io.s4db:s4db-core" })
	void whenAnythingNeededIsMissingShouldSayWhat(String type, String library, CapturedOutput output) {
		ApplicationContextRunner missing = this.inMemory.withClassLoader(new FilteredClassLoader(type));
		missing.withPropertyValues("s4db.enabled=false").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("No s4db beans");
		missing.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("No s4db beans").contains(library + " is not on the class path");
	}

	private static ManagedDatabase managed(ApplicationContext context, String name) {
		return Objects.requireNonNull(context.getBean(ManagedDatabases.class).get(name));
	}

	@Configuration(proxyBeanMethods = false)
	static class AdvisorOfEverything {

		@Bean
		static DefaultAdvisorAutoProxyCreator proxies(Environment environment) {
			DefaultAdvisorAutoProxyCreator proxies = new DefaultAdvisorAutoProxyCreator();
			proxies.setProxyTargetClass(environment.getRequiredProperty("test.proxy-target-class", Boolean.class));
			return proxies;
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static Advisor advisor() {
			return new DefaultPointcutAdvisor(new StaticMethodMatcherPointcut() {

				@Override
				public boolean matches(Method method, Class<?> type) {
					return List.of(S4DB.class, ManagedDatabases.class, S4DBLifecycle.class, Tasks.class)
						.stream()
						.anyMatch((ours) -> ours.isAssignableFrom(type));
				}

			}, (MethodInterceptor) MethodInvocation::proceed);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnTemplate {

		@Bean
		S4DBTemplate ownTemplate(S4DB database) {
			return new S4DBTemplate(database);
		}

	}

}
