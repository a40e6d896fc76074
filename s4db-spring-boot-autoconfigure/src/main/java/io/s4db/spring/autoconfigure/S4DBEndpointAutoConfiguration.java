package io.s4db.spring.autoconfigure;

import io.s4db.spring.actuate.S4DBEndpoint;
import io.s4db.spring.actuate.S4DBEndpointWebExtension;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Tasks;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the Actuator endpoint {@code s4db}.
 */
@AutoConfiguration(after = S4DBAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(value = ManagedDatabases.class, search = SearchStrategy.CURRENT)
@ConditionalOnAvailableEndpoint(S4DBEndpoint.class)
public final class S4DBEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	S4DBEndpoint s4dbEndpoint(ManagedDatabases databases, ConfigurableListableBeanFactory beanFactory, Tasks tasks) {
		// It hides the endpoint of an ancestor, so it shows the databases of that too.
		return new S4DBEndpoint(databases.and(DatabasesToManage.managedByAncestors(beanFactory)), tasks);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@ConditionalOnBean(value = S4DBEndpoint.class, search = SearchStrategy.CURRENT)
	S4DBEndpointWebExtension s4dbEndpointWebExtension(S4DBEndpoint endpoint) {
		return new S4DBEndpointWebExtension(endpoint);
	}

}
