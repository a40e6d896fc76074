package io.s4db.sample.web;

import java.io.IOException;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what a page of another site makes a browser send, since there is no login that
 * would: requests under a name that is not this application's (its owner may let it lead
 * here, to have his page taken for one of ours), and requests of other pages that change
 * something. It stands before Actuator too. What is not a browser says nothing of pages,
 * and is let through.
 */
class CrossSiteFilter extends OncePerRequestFilter {

	private static final Set<String> SAFE_METHODS = Set.of(HttpMethod.GET.name(), HttpMethod.HEAD.name(),
			HttpMethod.OPTIONS.name());

	/** A page of this application, or no page at all: an address that was typed. */
	private static final Set<String> SAME_SITE = Set.of("same-origin", "none");

	private final AllowedHosts hosts;

	CrossSiteFilter(AllowedHosts hosts) {
		this.hosts = hosts;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String problem = problem(request);
		if (problem == null) {
			chain.doFilter(request, response);
			return;
		}
		ErrorPage.show(ProblemDetail.forStatusAndDetail(HttpStatus.FORBIDDEN, problem), request);
		// With a message for the error page of a management port, which is Actuator's.
		response.sendError(HttpStatus.FORBIDDEN.value(), problem);
	}

	private @Nullable String problem(HttpServletRequest request) {
		String host = request.getHeader(HttpHeaders.HOST);
		if (host != null && !this.hosts.contain(host)) {
			return "Host is %s, which sample.allowed-hosts does not name".formatted(host);
		}
		if (!SAFE_METHODS.contains(request.getMethod()) && isFromAnotherSite(request, host)) {
			return "A page of another site may not change anything here";
		}
		return null;
	}

	/** Browsers say it themselves; older ones name the page's origin only. */
	private static boolean isFromAnotherSite(HttpServletRequest request, @Nullable String host) {
		String site = request.getHeader("Sec-Fetch-Site");
		if (site != null) {
			return !SAME_SITE.contains(site);
		}
		String origin = request.getHeader(HttpHeaders.ORIGIN);
		return origin != null && !authority(origin).equalsIgnoreCase(host);
	}

	/** Host and port of an origin; empty where it is {@code null} or no origin. */
	private static String authority(String origin) {
		int at = origin.indexOf("://");
		return (at < 0) ? "" : origin.substring(at + 3);
	}

}
