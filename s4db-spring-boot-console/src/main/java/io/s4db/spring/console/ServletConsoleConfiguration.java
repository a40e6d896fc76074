package io.s4db.spring.console;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Has the {@link Guard} stand before the console on servlets, also where Actuator has a
 * port of its own.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnAvailableEndpoint(S4DBConsoleEndpoint.class)
class ServletConsoleConfiguration {

	@Bean
	ConsoleFilter s4dbConsoleFilter(ObjectProvider<PathMappedEndpoints> paths) {
		return new ConsoleFilter(new Guard(new ConsolePath(paths)));
	}

	static class ConsoleFilter extends OncePerRequestFilter {

		private final Guard guard;

		ConsoleFilter(Guard guard) {
			this.guard = guard;
		}

		@Override
		protected boolean shouldNotFilter(HttpServletRequest request) {
			return !this.guard.covers(ServletRequestPathUtils.parse(request).pathWithinApplication());
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			this.guard.setHeaders(response::setHeader);
			if (this.guard.refuses(request.getMethod(), request.getHeader("Sec-Fetch-Site"),
					request.getHeader(HttpHeaders.ORIGIN), request.getHeader(HttpHeaders.HOST))) {
				response.sendError(HttpServletResponse.SC_FORBIDDEN, Guard.REFUSAL);
				return;
			}
			chain.doFilter(request, response);
		}

	}

}
