package io.s4db.spring.console;

import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Has the {@link Guard} stand before the console in a reactive application, also where
 * Actuator has a port of its own.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnAvailableEndpoint(S4DBConsoleEndpoint.class)
class ReactiveConsoleConfiguration {

	@Bean
	ConsoleWebFilter s4dbConsoleWebFilter(ObjectProvider<PathMappedEndpoints> paths) {
		return new ConsoleWebFilter(new Guard(new ConsolePath(paths)));
	}

	static class ConsoleWebFilter implements WebFilter {

		private final Guard guard;

		ConsoleWebFilter(Guard guard) {
			this.guard = guard;
		}

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			ServerHttpRequest request = exchange.getRequest();
			if (!this.guard.covers(request.getPath().pathWithinApplication())) {
				return chain.filter(exchange);
			}
			this.guard.setHeaders(exchange.getResponse().getHeaders()::set);
			HttpHeaders headers = request.getHeaders();
			if (this.guard.refuses(request.getMethod().name(), headers.getFirst("Sec-Fetch-Site"), headers.getOrigin(),
					headers.getFirst(HttpHeaders.HOST))) {
				return Mono.error(new ResponseStatusException(HttpStatus.FORBIDDEN, Guard.REFUSAL));
			}
			return chain.filter(exchange);
		}

	}

}
