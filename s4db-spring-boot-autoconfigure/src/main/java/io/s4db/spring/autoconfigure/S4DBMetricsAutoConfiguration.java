package io.s4db.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.s4db.spring.metrics.AncestorMeters;
import io.s4db.spring.metrics.S4DBMetrics;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Tasks;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configuration of the meters {@code s4db.*}.
 */
@AutoConfiguration(after = S4DBAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(value = ManagedDatabases.class, search = SearchStrategy.CURRENT)
public final class S4DBMetricsAutoConfiguration {

	@Bean
	@ConditionalOnBean(MeterRegistry.class)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	S4DBMetrics s4dbMetrics(ManagedDatabases databases, Tasks tasks) {
		return new S4DBMetrics(databases, tasks.clock());
	}

	@Bean
	@Lazy(false)
	@ConditionalOnSingleCandidate(MeterRegistry.class)
	@ConditionalOnMissingBean(value = MeterRegistry.class, search = SearchStrategy.CURRENT)
	AncestorMeters s4dbAncestorMeters(S4DBMetrics metrics, MeterRegistry registry) {
		return new AncestorMeters(metrics, registry);
	}

}
