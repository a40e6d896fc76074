package io.s4db.sample;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class PageTests {

	private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

	@TempDir
	private Path temp;

	@Test
	void shouldServeAPageWhoseLinksAllLeadSomewhereHere() {
		try (RunningSample sample = RunningSample.start(this.temp)) {
			HttpResponse<String> page = sample.get("/");
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
			List<String> links = LINK.matcher(page.body())
				.results()
				.map((MatchResult link) -> link.group(1).replace("&amp;", "&"))
				.filter((link) -> !link.startsWith("data:"))
				.toList();
			assertThat(links).contains("app.js", "style.css", "actuator/s4db").noneMatch((link) -> link.contains(":"));
			for (String link : links) {
				assertThat(sample.get("/" + link).statusCode()).as(link).isEqualTo(200);
			}
		}
	}

}
