package io.s4db.spring.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Guards the console in a browser: the page loads nothing but its own files, is shown in
 * no other page, and no page of another site changes anything here by the hand of someone
 * who is logged in.
 * <p>
 * The sample has a filter of its own that asks the same of who changes something. It
 * stands before all of that application, and minds names too, which only an application
 * knows; here it is the console alone, on servlets and not. What both ask are some lines,
 * and no reason for an API that everyone could rely on.
 */
final class Guard {

	static final String REFUSAL = "A page of another site may not change anything here.";

	private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

	/** A page of this application, or no page at all: an address that was typed. */
	private static final Set<String> SAME_SITE = Set.of("same-origin", "none");

	private static final Map<String, String> HEADERS = headers();

	private final ConsolePath path;

	private volatile @Nullable PathPattern pattern;

	Guard(ConsolePath path) {
		this.path = path;
	}

	private static Map<String, String> headers() {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put("Content-Security-Policy",
				"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
						+ "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
						+ "require-trusted-types-for 'script'; trusted-types 'none'");
		headers.put("X-Content-Type-Options", "nosniff");
		headers.put("Referrer-Policy", "no-referrer");
		headers.put("Cross-Origin-Resource-Policy", "same-origin");
		headers.put(HttpHeaders.CACHE_CONTROL, "no-store");
		return Map.copyOf(headers);
	}

	/** Whether a path within the application is the console's. */
	boolean covers(PathContainer requested) {
		PathPattern ours = pattern();
		return ours != null && ours.matches(requested);
	}

	private @Nullable PathPattern pattern() {
		PathPattern known = this.pattern;
		String console = (known == null) ? this.path.path() : null;
		if (console != null) {
			known = PathPatternParser.defaultInstance.parse(console + "/{*rest}");
			this.pattern = known;
		}
		return known;
	}

	/** Sets what every answer of the console has. */
	void setHeaders(BiConsumer<String, String> header) {
		HEADERS.forEach(header);
	}

	/**
	 * Whether a request is refused. Browsers say which site's page it comes from; older
	 * ones name the page's origin only. What is not a browser says nothing.
	 * @param method the request's method
	 * @param site the header {@code Sec-Fetch-Site}
	 * @param origin the header {@code Origin}
	 * @param host the header {@code Host}
	 */
	boolean refuses(String method, @Nullable String site, @Nullable String origin, @Nullable String host) {
		if (SAFE_METHODS.contains(method)) {
			return false;
		}
		if (site != null) {
			return !SAME_SITE.contains(site);
		}
		return origin != null && !authority(origin).equalsIgnoreCase(host);
	}

	/** Host and port of an origin; empty where it is {@code null} or no origin. */
	private static String authority(String origin) {
		int at = origin.indexOf("://");
		return (at < 0) ? "" : origin.substring(at + 3);
	}

}
