package io.s4db.spring.console;

import io.s4db.spring.actuate.S4DBEndpoint;
import io.s4db.spring.autoconfigure.S4DBAutoConfiguration;
import io.s4db.spring.autoconfigure.S4DBEndpointAutoConfiguration;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Tasks;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.PathMapper;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * Auto-configuration of the console. It is there once the endpoint {@code s4db-console}
 * is exposed and its access is set: both are off otherwise, since whoever sees it reads
 * all the values.
 */
@AutoConfiguration(after = { S4DBAutoConfiguration.class, S4DBEndpointAutoConfiguration.class })
@ConditionalOnWebApplication
@ConditionalOnBean(value = ManagedDatabases.class, search = SearchStrategy.CURRENT)
@ConditionalOnAvailableEndpoint(S4DBConsoleEndpoint.class)
@EnableConfigurationProperties(S4DBConsoleProperties.class)
@ImportRuntimeHints(ConsoleRuntimeHints.class)
public final class S4DBConsoleAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	S4DBConsoleEndpoint s4dbConsoleEndpoint(ManagedDatabases databases, Tasks tasks,
			ObjectProvider<S4DBEndpoint> endpoint, ObjectProvider<PathMappedEndpoints> paths,
			EndpointAccessResolver access, S4DBConsoleProperties properties) {
		// Where the endpoint s4db is there too, both see the same actions.
		return new S4DBConsoleEndpoint(databases, endpoint.getIfAvailable(() -> new S4DBEndpoint(databases, tasks)),
				new ConsolePath(paths),
				Permission.of(access.accessFor(S4DBConsoleEndpoint.ID, Access.NONE), properties.actionsAllowed()));
	}

	/** An identifier of an endpoint has no hyphen, but its path may have one. */
	@Bean
	static PathMapper s4dbConsolePathMapper() {
		return (id) -> id.equals(S4DBConsoleEndpoint.ID) ? S4DBConsoleEndpoint.PATH : null;
	}

}
