package io.s4db.spring.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what {@code docs/TESTING-APPLICATIONS.md} shows as Java is a test here.
 */
class DocumentedTests {

	private static final Pattern BLOCK = Pattern.compile("^```java\\R(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern ANNOTATION = Pattern.compile("^@(S4DBTest|AutoConfigureS4DB)\\b", Pattern.MULTILINE);

	private static final Pattern CLASS = Pattern.compile("^class (\\w+)", Pattern.MULTILINE);

	static Stream<String> blocks() throws IOException {
		return BLOCK.matcher(Files.readString(Path.of("..", "docs", "TESTING-APPLICATIONS.md")))
			.results()
			.map((block) -> block.group(1));
	}

	@Test
	void shouldFindThem() throws IOException {
		assertThat(blocks()).hasSize(4);
	}

	/** Here the compiler would find them without. */
	@ParameterizedTest
	@MethodSource("blocks")
	void everyBlockShouldImportTheAnnotations(String java) {
		ANNOTATION.matcher(java)
			.results()
			.forEach((match) -> assertThat(java).contains("import io.s4db.spring.test." + match.group(1) + ";"));
	}

	@ParameterizedTest
	@MethodSource("blocks")
	void everyBlockShouldBeATest(String java) throws IOException {
		String name = CLASS.matcher(java).results().map((match) -> match.group(1)).findFirst().orElseThrow();
		assertThat(Files.readString(Path.of("src/test/java/io/s4db/spring/test", name + ".java"))).endsWith(java);
	}

}
