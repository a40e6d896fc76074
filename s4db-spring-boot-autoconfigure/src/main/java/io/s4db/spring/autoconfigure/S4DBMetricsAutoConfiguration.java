package io.s4db.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.s4db.spring.metrics.S4DBMetrics;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Tasks;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the meters {@code s4db.*}.
 */
@AutoConfiguration(after = S4DBAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ ManagedDatabases.class, MeterRegistry.class })
public final class S4DBMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	S4DBMetrics s4dbMetrics(ManagedDatabases databases, Tasks tasks) {
		return new S4DBMetrics(databases, tasks.clock());
	}

}
