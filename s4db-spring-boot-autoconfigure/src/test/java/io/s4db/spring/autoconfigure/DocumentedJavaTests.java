package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what {@code docs/SPRING.md}, {@code docs/SIGNALS.md} and
 * {@code docs/USING.md} show as Java compiles.
 */
class DocumentedJavaTests {

	private static final Pattern BLOCK = Pattern.compile("^```java\\R(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

	private static final String RECORD = "record Order(";

	/** What is around a line or two. What is a class has all of its imports. */
	private static final String BEFORE = """
			import io.s4db.spring.*;
			import java.util.*;
			import org.springframework.core.ParameterizedTypeReference;

			class Snippet {

				void run(S4DBTemplate template) {
			""";

	static Stream<String> blocks() throws IOException {
		// The lines that USING.md shows are of tests of the core.
		return Stream.concat(Stream.concat(blocks("SPRING.md"), blocks("SIGNALS.md")),
				blocks("USING.md").filter((java) -> java.startsWith("import")));
	}

	private static Stream<String> blocks(String document) throws IOException {
		return BLOCK.matcher(Files.readString(Path.of("..", "docs", document)))
			.results()
			.map((block) -> block.group(1));
	}

	@Test
	void shouldFindThem() throws IOException {
		assertThat(blocks()).anyMatch((java) -> java.contains("forType"))
			.anyMatch((java) -> java.contains("@Qualifier"))
			.anyMatch((java) -> java.contains("Convention"))
			.anyMatch((java) -> java.contains("S4DBEngine.open"));
	}

	@ParameterizedTest
	@MethodSource("blocks")
	void everyBlockShouldCompile(String java, @TempDir Path classes) throws IOException {
		assertThat(mistakes(java, classes)).isEmpty();
	}

	@Test
	void shouldNoticeAMistake(@TempDir Path classes) throws IOException {
		assertThat(mistakes("template.putt(\"a\", \"1\");", classes)).isNotEmpty();
		assertThat(mistakes("@Service\nclass WithoutImport {}", classes)).isNotEmpty();
	}

	private static String order() throws IOException {
		return blocks().filter((java) -> java.startsWith(RECORD)).findFirst().orElseThrow();
	}

	private static List<Diagnostic<? extends JavaFileObject>> mistakes(String java, Path classes) throws IOException {
		boolean type = java.startsWith("import") || java.startsWith("@") || java.startsWith(RECORD);
		String source = type ? java : BEFORE + java + "} }";
		List<Source> sources = java.startsWith(RECORD) ? List.of(new Source("Snippet", java))
				: List.of(new Source("Snippet", source), new Source("Order", order()));
		DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		compiler
			.getTask(null, null, diagnostics,
					List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")), null,
					sources)
			.call();
		return diagnostics.getDiagnostics()
			.stream()
			.filter((diagnostic) -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
			.toList();
	}

	/** A snippet as a file. */
	private static final class Source extends SimpleJavaFileObject {

		private final String text;

		Source(String name, String text) {
			super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
			this.text = text;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

	}

}
