package io.s4db.spring.autoconfigure;

import java.time.Duration;
import java.util.stream.Stream;

import io.micrometer.observation.ObservationRegistry;
import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.BucketRequestConvention;
import io.s4db.spring.JsonValueCodecs;
import io.s4db.spring.S4DBOperationConvention;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.ValueCodecResolver;
import io.s4db.spring.ValueCodecs;
import io.s4db.spring.runtime.ChangeEvents;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.S4DBLifecycle;
import io.s4db.spring.runtime.S4DBListenerFactory;
import io.s4db.spring.runtime.SpringTasks;
import io.s4db.spring.runtime.Tasks;
import io.s4db.spring.runtime.WorkExecutor;
import io.s4db.store.ObjectStore;
import software.amazon.awssdk.services.s3.S3Client;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.NamedBeanHolder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Auto-configuration of a database, of the template for it, and of what runs beside them;
 * of more databases with a template each where {@code s4db.databases.*} says so. A bean
 * of type {@link ObjectStore}, {@link S4DB}, {@link S4DBTemplate} or
 * {@link S4DBConnectionDetails} takes the place of the one here.
 *
 * <p>
 * Where contexts have parents: a database is managed (uploads, health, metrics) by the
 * context that it is in, or, if that does not have this configuration, by the first below
 * that does.
 */
@AutoConfiguration(afterName = { "io.awspring.cloud.autoconfigure.s3.S3AutoConfiguration",
		"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" })
@ConditionalOnClass({ S4DBEngine.class, S3Client.class, DataAccessException.class })
@ConditionalOnBooleanProperty(name = "s4db.enabled", matchIfMissing = true)
@EnableConfigurationProperties(S4DBProperties.class)
@Import(NamedDatabasesRegistrar.class)
@ImportRuntimeHints(S4DBRuntimeHints.class)
public final class S4DBAutoConfiguration {

	/** The bean that says what the properties say, where there is no other. */
	static final String CONNECTION_DETAILS_BEAN = "s4dbConnectionDetails";

	/** How long threads get to end after they were interrupted. */
	private static final Duration TERMINATION_PATIENCE = Duration.ofSeconds(5);

	@Bean
	static DurationOrOffConverter s4dbDurationOrOffConverter() {
		return new DurationOrOffConverter();
	}

	/**
	 * Not by the application's builders: its customizers and task decorators are meant
	 * for its own tasks.
	 */
	@Bean
	@ConditionalOnMissingBean
	Tasks s4dbTasks(Environment environment) {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setThreadNamePrefix("s4db-scheduling-");
		scheduler.setDaemon(true);
		scheduler.initialize();
		// Now rather than when there may be no thread to have.
		scheduler.getScheduledThreadPoolExecutor().prestartCoreThread();
		boolean virtual = Threading.VIRTUAL.isActive(environment);
		return new SpringTasks(scheduler, new WorkExecutor(virtual, TERMINATION_PATIENCE));
	}

	@Bean(CONNECTION_DETAILS_BEAN)
	@ConditionalOnMissingBean
	S4DBConnectionDetails s4dbConnectionDetails(S4DBProperties properties) {
		return new PropertiesS4DBConnectionDetails(properties);
	}

	@Bean
	@ConditionalOnMissingBean
	S4DBFactory s4dbFactory(Environment environment, S4DBConnectionDetails details, ObjectProvider<S3Client> s3Clients,
			ObjectProvider<S4DBOptionsCustomizer> customizers, ObjectProvider<ObservationRegistry> observations,
			ObjectProvider<S4DBOperationConvention> operations, ObjectProvider<BucketRequestConvention> requests,
			ValueCodecs codecs, Tasks tasks) {
		return new S4DBFactory(environment, details, s3Clients, customizers,
				new Observing(observations, operations, requests), codecs, tasks);
	}

	@Bean(NamedDatabasesRegistrar.FACTORY_BEAN)
	NamedDatabases s4dbNamedDatabases(S4DBProperties properties, S4DBFactory factory,
			ConfigurableListableBeanFactory beanFactory) {
		return new NamedDatabases(properties, factory, beanFactory);
	}

	@Bean(NamedDatabases.STORE_BEAN)
	@ConditionalOnMissingBean({ ObjectStore.class, S4DB.class })
	@Conditional(OnDefaultDatabase.class)
	ObjectStore s4dbObjectStore(S4DBProperties properties, S4DBFactory factory) {
		return factory.store(PropertyNames.DEFAULT, properties);
	}

	@Bean
	@ConditionalOnBean(ObjectStore.class)
	@ConditionalOnMissingBean
	S4DB s4db(ObjectStore store, @Qualifier(NamedDatabasesRegistrar.FACTORY_BEAN) NamedDatabases databases) {
		return databases.defaultDatabase(store);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@ConditionalOnSingleCandidate(value = S4DB.class, search = SearchStrategy.CURRENT)
	S4DBTemplate s4dbTemplate(ConfigurableListableBeanFactory beanFactory, S4DBFactory factory) {
		// An injected one could be an ancestor's, too.
		NamedBeanHolder<S4DB> database = beanFactory.resolveNamedBean(S4DB.class);
		return factory.template(database.getBeanName(), database.getBeanInstance());
	}

	@Bean
	@ConditionalOnMissingBean
	ValueCodecs s4dbValueCodecs(ListableBeanFactory beanFactory, ObjectProvider<ValueCodecResolver> resolvers) {
		return new ValueCodecs(
				Stream.concat(Stream.of(new BeanValueCodecs(beanFactory)), resolvers.orderedStream()).toList());
	}

	@Bean
	@Conditional(OnDatabasesToManage.class)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	ManagedDatabases s4dbManagedDatabases(ConfigurableListableBeanFactory beanFactory, S4DBProperties properties,
			Tasks tasks) {
		return new ManagedDatabases(DatabasesToManage.of(beanFactory, properties.databases().keySet()), tasks);
	}

	@Bean
	@ConditionalOnBean(value = ManagedDatabases.class, search = SearchStrategy.CURRENT)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	S4DBLifecycle s4dbLifecycle(S4DBProperties properties, ManagedDatabases databases, Tasks tasks) {
		return new S4DBLifecycle(databases, tasks, OptionsMapper.schedule(PropertyNames.DEFAULT, properties));
	}

	/** Early: methods are looked through before beans are made. */
	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	static S4DBListenerFactory s4dbListenerFactory() {
		return new S4DBListenerFactory();
	}

	@Bean
	@ConditionalOnBean(value = ManagedDatabases.class, search = SearchStrategy.CURRENT)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	ChangeEvents s4dbChangeEvents(ManagedDatabases databases, S4DBListenerFactory listeners,
			ApplicationContext context) {
		return new ChangeEvents(databases, listeners, context);
	}

	/** Values as JSON. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	static class JsonConfiguration {

		/** The last to be asked. Which mapper there is matters to who uses it only. */
		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		@ConditionalOnMissingBean
		JsonValueCodecs s4dbJsonValueCodecs(ObjectProvider<JsonMapper> mappers) {
			return new JsonValueCodecs(() -> mappers.getIfAvailable(JsonMapper::shared));
		}

	}

	/** Whether the properties ask for a default database. */
	static class OnDefaultDatabase implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return DatabaseNames.of(context.getEnvironment()).hasDefault();
		}

	}

}
