package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what the documentation shows as YAML works as YAML, which has ideas of its
 * own about words such as {@code off}.
 */
class DocumentedYamlTests {

	private static final Path PROJECT = Path.of("..");

	private static final Pattern BLOCK = Pattern.compile("^( *)```ya?ml\\R(.*?)^ *```",
			Pattern.MULTILINE | Pattern.DOTALL);

	/** A row of a table of properties: name, default, meaning. */
	private static final Pattern ROW = Pattern
		.compile("^\\| `(s4db\\.[a-z0-9.-]+)` \\| (?:`([^`]*)`)?[^|]*\\|([^|]*)\\|", Pattern.MULTILINE);

	static Stream<String> blocks() throws IOException {
		return documents().flatMap((text) -> BLOCK.matcher(text).results())
			.map((block) -> block.group(2).indent(-block.group(1).length()));
	}

	private static Stream<String> documents() throws IOException {
		Stream<Path> docs;
		try (Stream<Path> files = Files.walk(PROJECT.resolve("docs"))) {
			docs = files.filter((file) -> file.toString().endsWith(".md")).toList().stream();
		}
		return Stream
			.concat(Stream.of(PROJECT.resolve("README.md"), PROJECT.resolve("sample-app").resolve("README.md")), docs)
			.map(DocumentedYamlTests::read);
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void shouldFindThem() throws IOException {
		assertThat(blocks()).anyMatch((yaml) -> yaml.contains("s4db:"))
			.anyMatch((yaml) -> yaml.contains("endpoint.s4db.access"));
	}

	@ParameterizedTest
	@MethodSource("blocks")
	void everyBlockShouldBind(String yaml) {
		// what is said last stands: no bucket here, and no directory of the machine's
		Stream<String> databases = Stream.concat(Stream.of("s4db"),
				named(yaml).map((name) -> "s4db.databases." + name));
		runner(yaml,
				databases.map((database) -> database + ":\n  store: memory\n  local-dir: ''\n")
					.collect(Collectors.joining()))
			.run((context) -> assertThat(context).as(yaml).hasNotFailed().hasSingleBean(S4DBProperties.class));
	}

	/** The names of the databases beside the default one. */
	private static Stream<String> named(String yaml) {
		String prefix = "s4db.databases.";
		return load("yaml", yaml).stream()
			.flatMap((source) -> Stream.of(((EnumerablePropertySource<?>) source).getPropertyNames()))
			.filter((property) -> property.startsWith(prefix))
			.map((property) -> property.substring(prefix.length(), property.indexOf('.', prefix.length())))
			.distinct();
	}

	static Stream<String> settings() throws IOException {
		return documents().flatMap((text) -> ROW.matcher(text).results()).flatMap(DocumentedYamlTests::settings);
	}

	/** The default, and "off" where it is a value. */
	private static Stream<String> settings(MatchResult row) {
		String property = row.group(1);
		Stream<String> values = Stream.ofNullable(row.group(2)).filter((value) -> !value.isEmpty());
		boolean off = row.group(3).contains("`off`") || property.endsWith(".interval");
		return (off ? Stream.concat(values, Stream.of("off")) : values).map((value) -> property + ": " + value);
	}

	@ParameterizedTest
	@MethodSource("settings")
	void everyValueInTheTablesShouldBind(String yaml) {
		runner(yaml, "s4db:\n  store: memory")
			.run((context) -> assertThat(context).as(yaml).hasNotFailed().hasSingleBean(S4DBProperties.class));
	}

	@ParameterizedTest
	@CsvSource({ "off, 0", "OFF, 0", "Off, 0", "false, 0", "'\"off\"', 0", "30s, 30", "30, 30", "PT30S, 30" })
	void everyIntervalShouldTakeWhatYamlMakesOfIt(String value, long seconds) {
		runner("s4db:\n  store: memory\n  upload:\n    interval: " + value + "\n  refresh.interval: " + value)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				S4DBProperties properties = context.getBean(S4DBProperties.class);
				assertThat(List.of(properties.upload().interval(), properties.refresh().interval()))
					.containsOnly(Duration.ofSeconds(seconds));
			});
	}

	@Test
	void whenAnIntervalIsOnShouldNameTheProperty() {
		runner("s4db:\n  store: memory\n  upload:\n    interval: on")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("s4db.upload.interval"));
	}

	/** A context with these YAML documents, of which the last counts most. */
	private static ApplicationContextRunner runner(String... documents) {
		return Contexts.runner()
			.withConfiguration(AutoConfigurations.of(S4DBAutoConfiguration.class))
			.withInitializer((context) -> {
				for (int i = 0; i < documents.length; i++) {
					load("yaml " + i, documents[i])
						.forEach((source) -> context.getEnvironment().getPropertySources().addFirst(source));
				}
			});
	}

	private static List<PropertySource<?>> load(String name, String yaml) {
		try {
			List<PropertySource<?>> sources = new YamlPropertySourceLoader().load(name,
					new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
			assertThat(sources).allSatisfy((source) -> assertThat(
					((EnumerablePropertySource<?>) Objects.requireNonNull(source)).getPropertyNames())
				.isNotEmpty());
			return sources;
		}
		catch (IOException ex) {
			throw new IllegalStateException(yaml, ex);
		}
	}

}
