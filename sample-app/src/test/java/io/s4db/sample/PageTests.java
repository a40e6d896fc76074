package io.s4db.sample;

import java.net.http.HttpResponse;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class PageTests {

	@TempDir
	private Path temp;

	@Test
	void shouldLeadToTheConsoleWhereEverythingMayBeDone() {
		try (RunningSample sample = RunningSample.start(this.temp)) {
			HttpResponse<String> page = sample.get("/");
			assertThat(page.statusCode()).isEqualTo(302);
			assertThat(page.headers().firstValue("Location").orElse("")).endsWith("/actuator/s4db-console");
			assertThat(sample.get("/actuator/s4db-console").body()).contains("<title>s4db console</title>");
			assertThat(sample.getJson("/actuator/s4db-console/databases").get("actionsAllowed").asBoolean()).isTrue();
		}
	}

}
