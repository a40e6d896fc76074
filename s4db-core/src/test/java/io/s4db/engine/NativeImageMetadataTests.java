package io.s4db.engine;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.OSInfo;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what a native image is told to keep is there, and is what is used.
 */
class NativeImageMetadataTests {

	private static final String METADATA = "/META-INF/native-image/io.s4db/s4db-core/reachability-metadata.json";

	private final JsonNode metadata = metadata();

	@Test
	void whatIsNamedShouldBeThere() throws ReflectiveOperationException {
		for (JsonNode entry : this.metadata.path("reflection")) {
			String name = entry.path("type").asString();
			if (isInThisJava(name)) {
				Class<?> type = Class.forName(name, false, getClass().getClassLoader());
				for (JsonNode field : entry.path("fields")) {
					assertThat(type.getDeclaredField(field.path("name").asString())).isNotNull();
				}
				for (JsonNode method : entry.path("methods")) {
					assertHas(type, method.path("name").asString(), texts(method.path("parameterTypes")));
				}
			}
		}
	}

	private static void assertHas(Class<?> type, String name, List<String> parameters) {
		if (parameters.stream().allMatch(NativeImageMetadataTests::isInThisJava)) {
			assertThat(type.getMethods()).as("%s.%s%s", type.getName(), name, parameters)
				.anyMatch((method) -> method.getName().equals(name) && parameters(method).equals(parameters));
		}
	}

	private static List<String> parameters(Method method) {
		return Arrays.stream(method.getParameterTypes()).map(Class::getName).toList();
	}

	private static boolean isInThisJava(String name) {
		return !name.startsWith("java.lang.foreign.") || Runtime.version().feature() >= 22;
	}

	/** The cache is one of many classes, which are looked for by name. */
	@Test
	void whatTheCacheIsMadeOfShouldBeNamed() throws ReflectiveOperationException {
		Cache<String, byte[]> cache = Caffeine.newBuilder()
			.maximumWeight(100)
			.weigher((String key, byte[] value) -> value.length)
			.executor(Runnable::run)
			.recordStats()
			.build();
		Object implementation = cache.asMap();
		Field nodes = Class.forName("com.github.benmanes.caffeine.cache.BoundedLocalCache")
			.getDeclaredField("nodeFactory");
		nodes.setAccessible(true);
		assertThat(StreamSupport.stream(this.metadata.path("reflection").spliterator(), false)
			.map((entry) -> entry.path("type").asString()))
			.contains(implementation.getClass().getName(), nodes.get(implementation).getClass().getName());
	}

	@Test
	void snappysLibraryShouldBeKept() {
		assertThat(StreamSupport.stream(this.metadata.path("resources").spliterator(), false)
			.map((entry) -> entry.path("glob").asString())).contains("org/xerial/snappy/native/**");
		assertThat(getClass().getResource("/org/xerial/snappy/native/" + OSInfo.getNativeLibFolderPathForCurrentOS()
				+ "/" + System.mapLibraryName("snappyjava")))
			.isNotNull();
	}

	private static List<String> texts(JsonNode array) {
		return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asString).toList();
	}

	private static JsonNode metadata() {
		try (InputStream stream = Objects
			.requireNonNull(NativeImageMetadataTests.class.getResourceAsStream(METADATA))) {
			return JsonMapper.shared().readTree(stream);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
