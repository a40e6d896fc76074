package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the metadata by which editors complete properties.
 */
class ConfigurationMetadataTests {

	private final JsonNode metadata = read();

	private static JsonNode read() {
		try (InputStream stream = Objects
			.requireNonNull(S4DBProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
			return JsonMapper.shared().readTree(stream);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void everyPropertyShouldHaveADescriptionAndAType() {
		Set<String> names = new TreeSet<>();
		collect("s4db", S4DBProperties.class, names);
		assertThat(names).hasSizeGreaterThan(25);
		assertThat(properties().keySet()).containsAll(names);
		names.forEach((name) -> {
			assertThat(value(name, "description")).as(name).isNotBlank().endsWith(".");
			assertThat(value(name, "type")).as(name).isNotBlank();
		});
	}

	@Test
	void everyOptionShouldBeAmongTheProperties() {
		assertThat(properties().keySet())
			.containsAll(OptionsMapper.PROPERTIES.values().stream().map(PropertyNames.DEFAULT::of).toList());
	}

	@Test
	void defaultsShouldShow() {
		assertThat(value("s4db.prefix", "defaultValue")).isEqualTo("s4db/");
		assertThat(value("s4db.upload.interval", "defaultValue")).isEqualTo("30s");
		assertThat(value("s4db.upload.interval", "type")).isEqualTo("java.time.Duration");
		assertThat(value("s4db.store", "defaultValue")).isEqualTo("s3");
	}

	/** By the type editors complete what is below a name. */
	@Test
	void theMapOfDatabasesShouldTellWhatIsInIt() {
		assertThat(value("s4db.databases", "type"))
			.isEqualTo("java.util.Map<java.lang.String," + S4DBProperties.class.getName() + ">");
	}

	@Test
	void hintsShouldBelongToProperties() {
		assertThat(this.metadata.get("hints")).isNotEmpty();
		this.metadata.get("hints").forEach((hint) -> assertThat(properties()).containsKey(hint.get("name").asString()));
	}

	private String value(String property, String field) {
		return Objects.requireNonNull(properties().get(property)).path(field).asString("");
	}

	private Map<String, JsonNode> properties() {
		Map<String, JsonNode> properties = new TreeMap<>();
		this.metadata.get("properties")
			.forEach((property) -> properties.put(property.get("name").asString(), property));
		return properties;
	}

	private static void collect(String prefix, Class<?> type, Set<String> names) {
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + "."
					+ component.getName().replaceAll("(?<=[a-z])([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			if (component.getType().isRecord() && component.getType().getEnclosingClass() == S4DBProperties.class) {
				collect(name, component.getType(), names);
			}
			else {
				names.add(name);
			}
		}
	}

}
