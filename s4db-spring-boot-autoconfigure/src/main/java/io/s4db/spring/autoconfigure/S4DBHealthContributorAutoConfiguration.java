package io.s4db.spring.autoconfigure;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.spring.health.AncestorHealth;
import io.s4db.spring.health.S4DBHealthIndicator;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Tasks;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configuration of the health indicator {@code s4db}: one, or one per database where
 * there are several.
 */
@AutoConfiguration(after = S4DBAutoConfiguration.class,
		afterName = "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(value = ManagedDatabases.class, search = SearchStrategy.CURRENT)
@ConditionalOnEnabledHealthIndicator("s4db")
public final class S4DBHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "s4dbHealthIndicator", "s4dbHealthContributor" },
			search = SearchStrategy.CURRENT)
	HealthContributor s4dbHealthContributor(ManagedDatabases databases, Tasks tasks) {
		Clock clock = tasks.clock();
		Map<String, HealthContributor> indicators = new LinkedHashMap<>();
		databases.byPathName()
			.forEach((name, database) -> indicators.put(name, new S4DBHealthIndicator(database, clock)));
		return (indicators.size() == 1) ? indicators.values().iterator().next()
				: CompositeHealthContributor.fromMap(indicators);
	}

	@Bean
	@Lazy(false)
	@ConditionalOnBean(name = "s4dbHealthContributor", search = SearchStrategy.CURRENT)
	@ConditionalOnSingleCandidate(HealthContributorRegistry.class)
	@ConditionalOnMissingBean(value = HealthContributorRegistry.class, search = SearchStrategy.CURRENT)
	AncestorHealth s4dbAncestorHealth(@Qualifier("s4dbHealthContributor") HealthContributor health,
			ManagedDatabases databases, HealthContributorRegistry registry) {
		return new AncestorHealth(health, databases.byPathName().keySet().iterator().next(), registry);
	}

}
