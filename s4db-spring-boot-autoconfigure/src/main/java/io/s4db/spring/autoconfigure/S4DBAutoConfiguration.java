package io.s4db.spring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import io.micrometer.observation.ObservationRegistry;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.JsonValueCodecs;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.ValueCodecResolver;
import io.s4db.spring.ValueCodecs;
import io.s4db.spring.autoconfigure.S4DBProperties.StoreType;
import io.s4db.spring.runtime.DeferredS4DB;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Opener;
import io.s4db.spring.runtime.S4DBLifecycle;
import io.s4db.spring.runtime.SpringTasks;
import io.s4db.spring.runtime.Tasks;
import io.s4db.spring.runtime.WorkExecutor;
import io.s4db.store.ObjectStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import software.amazon.awssdk.services.s3.S3Client;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Auto-configuration of a database, of the template for it, and of what runs beside them.
 * A bean of type {@link ObjectStore}, {@link S4DB} or {@link S4DBTemplate} takes the
 * place of the one here.
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
@ImportRuntimeHints(S4DBRuntimeHints.class)
public final class S4DBAutoConfiguration {

	/** How long starting waits for the database to open before it goes on without. */
	private static final Duration OPENING_PATIENCE = Duration.ofSeconds(10);

	/** How long threads get to end after they were interrupted. */
	private static final Duration TERMINATION_PATIENCE = Duration.ofSeconds(5);

	private static final Log logger = LogFactory.getLog(S4DBAutoConfiguration.class);

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

	@Bean
	@ConditionalOnMissingBean({ ObjectStore.class, S4DB.class })
	ObjectStore s4dbObjectStore(S4DBProperties properties, ObjectProvider<S3Client> s3Clients) {
		return StoreFactory.store(properties, s3Clients);
	}

	@Bean
	@ConditionalOnMissingBean
	S4DB s4db(S4DBProperties properties, ObjectProvider<S4DBOptionsCustomizer> customizers, ObjectStore store,
			Tasks tasks) {
		S4DBOptions options = OptionsMapper.options(properties, customizers.orderedStream().toList());
		LocalDirectoryCheck.requireWritable(options);
		warnOfShortLivedDirectory(properties, options);
		try {
			return DeferredS4DB.open(new EngineOpener(store, options), tasks, OPENING_PATIENCE);
		}
		catch (IllegalArgumentException ex) {
			// The directories: each for itself is well, and together they are not.
			throw new InvalidS4DBPropertyException("s4db.local-dir", String.valueOf(ex.getMessage()),
					"Set s4db.local-dir to another directory.");
		}
	}

	private static void warnOfShortLivedDirectory(S4DBProperties properties, S4DBOptions options) {
		if (properties.store() == StoreType.MEMORY) {
			return;
		}
		String warning = LocalDirectoryCheck.warning(options, Path.of(System.getProperty("java.io.tmpdir")));
		if (warning != null) {
			logger.warn(warning);
		}
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@ConditionalOnSingleCandidate(value = S4DB.class, search = SearchStrategy.CURRENT)
	S4DBTemplate s4dbTemplate(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<ObservationRegistry> observations, ValueCodecs codecs) {
		// An injected one could be an ancestor's, too.
		S4DB database = beanFactory.getBean(S4DB.class);
		return new S4DBTemplate(database, observations.getIfUnique(() -> ObservationRegistry.NOOP), codecs);
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
	ManagedDatabases s4dbManagedDatabases(ConfigurableListableBeanFactory beanFactory, Tasks tasks) {
		return new ManagedDatabases(DatabasesToManage.of(beanFactory), tasks);
	}

	@Bean
	@ConditionalOnBean(value = ManagedDatabases.class, search = SearchStrategy.CURRENT)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	S4DBLifecycle s4dbLifecycle(S4DBProperties properties, ManagedDatabases databases, Tasks tasks) {
		return new S4DBLifecycle(databases, tasks,
				OptionsMapper.interval("s4db.upload.interval", properties.upload().interval()),
				OptionsMapper.interval("s4db.refresh.interval", properties.refresh().interval()),
				properties.upload().onClose());
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

	/**
	 * Opens the database of a store.
	 *
	 * @param store the store
	 * @param options how
	 */
	private record EngineOpener(ObjectStore store, S4DBOptions options) implements Opener {

		@Override
		public S4DB open() {
			return S4DBEngine.open(this.store, this.options);
		}

		@Override
		public S4DB rebuild() {
			return S4DBEngine.rebuild(this.store, this.options);
		}

	}

}
