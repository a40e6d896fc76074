package io.s4db.spring.autoconfigure;

import io.s4db.spring.actuate.S4DBEndpoint;
import io.s4db.spring.actuate.S4DBEndpointWebExtension;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Tasks;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the Actuator endpoint {@code s4db}.
 */
@AutoConfiguration(after = S4DBAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(ManagedDatabases.class)
@ConditionalOnAvailableEndpoint(S4DBEndpoint.class)
public final class S4DBEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	S4DBEndpoint s4dbEndpoint(ManagedDatabases databases, Tasks tasks) {
		return new S4DBEndpoint(databases, tasks);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(S4DBEndpoint.class)
	S4DBEndpointWebExtension s4dbEndpointWebExtension(S4DBEndpoint endpoint) {
		return new S4DBEndpointWebExtension(endpoint);
	}

}
