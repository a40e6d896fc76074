package io.s4db.sample.entries;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.apache.catalina.Container;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/**
 * What Tomcat does before and after Spring: it lets encoded slashes and backslashes
 * through, which in a key are characters like any other, and answers the URLs that it
 * refuses itself with problem details too.
 */
@Component
class TomcatSettings implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		factory.addConnectorCustomizers((connector) -> {
			connector.setEncodedSolidusHandling("passthrough");
			connector.setEncodedReverseSolidusHandling("passthrough");
		});
		factory.addContextCustomizers((context) -> {
			Container host = context.getParent();
			if (host instanceof StandardHost standardHost) {
				standardHost.setErrorReportValveClass(ProblemReportValve.class.getName());
			}
		});
	}

	/**
	 * Takes the place of Tomcat's HTML page.
	 */
	public static final class ProblemReportValve extends ErrorReportValve {

		private static final String BAD_REQUEST = """
				{"title":"Bad Request","status":400,"detail":"The URL is malformed or too long: \
				it must be percent-encoded UTF-8, without %00"}""";

		@Override
		protected void report(Request request, Response response, @Nullable Throwable throwable) {
			if (response.getStatus() != 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
				super.report(request, response, throwable);
				return;
			}
			response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
			response.setCharacterEncoding(StandardCharsets.UTF_8.name());
			try {
				response.getReporter().write(BAD_REQUEST);
				response.finishResponse();
			}
			catch (IOException | IllegalStateException ex) {
				// Nobody listens any more.
			}
		}

	}

}
