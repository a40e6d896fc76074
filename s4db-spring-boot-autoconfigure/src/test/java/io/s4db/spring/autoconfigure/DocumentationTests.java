package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.s4db.spring.actuate.Action;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/SPRING.md} says what is.
 */
class DocumentationTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "SPRING.md");

	@Test
	void shouldListEveryPropertyWithItsDefault() throws IOException {
		Map<String, String> documented = new TreeMap<>();
		Matcher rows = Pattern.compile("^\\| `(s4db\\.[a-z0-9.-]+)` \\| (?:`([^`]*)`)? ?\\|", Pattern.MULTILINE)
			.matcher(Files.readString(DOCUMENT));
		while (rows.find()) {
			documented.put(rows.group(1), Objects.requireNonNullElse(rows.group(2), ""));
		}
		assertThat(documented).containsExactlyEntriesOf(defaults());
	}

	private static Map<String, String> defaults() throws IOException {
		Map<String, String> defaults = new TreeMap<>();
		try (InputStream stream = Objects
			.requireNonNull(S4DBProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
			for (JsonNode property : JsonMapper.shared().readTree(stream).get("properties")) {
				String name = property.get("name").asString();
				if (name.startsWith("s4db.")) {
					defaults.put(name, property.path("defaultValue").asString(""));
				}
			}
		}
		return defaults;
	}

	@Test
	void shouldListEveryAction() throws IOException {
		String text = Files.readString(DOCUMENT);
		assertThat(Action.values()).allSatisfy((action) -> assertThat(text).contains("| `" + action.id() + "` |"));
	}

}
