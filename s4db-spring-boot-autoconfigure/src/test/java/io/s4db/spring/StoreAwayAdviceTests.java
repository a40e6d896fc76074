package io.s4db.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.s4db.StoreUnavailableException;
import io.s4db.spring.testing.StubS4DB;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link StoreAwayAdvice}, and that {@code docs/USING.md} shows it.
 */
class StoreAwayAdviceTests {

	private final StubS4DB database = new StubS4DB();

	private final MockMvcTester web = MockMvcTester
		.create(MockMvcBuilders.standaloneSetup(new Greetings(new S4DBTemplate(this.database)))
			.setControllerAdvice(new StoreAwayAdvice())
			.build());

	@Test
	void whenTheStoreIsAwayShouldAnswerThatItIsForNow() {
		this.database.put("Ada", "Good morning");
		assertThat(this.web.get().uri("/Ada")).hasStatusOk().hasBodyTextEqualTo("Good morning");
		this.database.failWith(new StoreUnavailableException("s3://secret/ does not answer"));
		assertThat(this.web.get().uri("/Ada")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.hasHeader(HttpHeaders.RETRY_AFTER, "5")
			.bodyText()
			.contains("The data cannot be reached at the moment")
			.doesNotContain("secret");
	}

	@Test
	void shouldBeWhatTheDocumentationShows() throws IOException {
		String source = Files.readString(Path.of("src/test/java/io/s4db/spring/StoreAwayAdvice.java"));
		String shown = source.substring(source.indexOf("import"));
		assertThat(Files.readString(Path.of("..", "docs", "USING.md"))).contains("```java\n" + shown + "```");
	}

	@RestController
	static class Greetings {

		private final S4DBTemplate template;

		Greetings(S4DBTemplate template) {
			this.template = template;
		}

		@GetMapping("/{name}")
		@Nullable String greet(@PathVariable("name") String name) {
			return this.template.get(name);
		}

	}

}
