package io.s4db.spring.console;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;

/**
 * Where the console is served, which {@code management.endpoints.web.path-mapping} and
 * {@code base-path} may change. It is known only once all endpoints are.
 */
final class ConsolePath {

	private final ObjectProvider<PathMappedEndpoints> endpoints;

	ConsolePath(ObjectProvider<PathMappedEndpoints> endpoints) {
		this.endpoints = endpoints;
	}

	/** The whole path, such as {@code /actuator/s4db-console}; null if it has none. */
	@Nullable String path() {
		PathMappedEndpoints all = this.endpoints.getIfAvailable();
		return (all != null) ? all.getPath(S4DBConsoleEndpoint.ID) : null;
	}

	/** The last part of it, against which links of the page are resolved. */
	String lastSegment() {
		String path = path();
		return (path != null) ? path.substring(path.lastIndexOf('/') + 1) : S4DBConsoleEndpoint.PATH;
	}

}
