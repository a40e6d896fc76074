package io.s4db.reference;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The databases below {@code fixtures}, which the reference implementation wrote; what
 * each is stands in {@code fixtures/README.md}.
 */
public final class FixtureDatabases {

	/** The prefix in the bucket under which each has its objects. */
	public static final String PREFIX = "db/";

	private static final List<String> NAMES = List.of("bit-flip", "compacted", "compressible", "empty",
			"everything-deleted", "hello", "index-lost", "many-files", "overwrites-and-deletes", "torn-tail",
			"unicode");

	private static final List<String> DAMAGED = List.of("bit-flip", "index-lost", "torn-tail");

	private FixtureDatabases() {
	}

	/** All of them. */
	public static List<String> names() {
		return NAMES;
	}

	/** Those with which nothing is wrong. */
	public static List<String> soundNames() {
		return NAMES.stream().filter((name) -> !DAMAGED.contains(name)).toList();
	}

	/** A copy of a fixture's bucket in a folder that need not exist. */
	public static Fixture copy(String name, Path folder) {
		Path fixture = resource(name);
		copyFolder(fixture.resolve("bucket"), folder);
		try (InputStream json = Files.newInputStream(fixture.resolve("expected.json"))) {
			Map<String, String> expected = new JsonMapper().readValue(json, new TypeReference<>() {
			});
			return new Fixture(folder, folder.resolve("db"), expected);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path resource(String name) {
		URL url = FixtureDatabases.class.getResource("/fixtures/" + name);
		try {
			return Path.of(Objects.requireNonNull(url, name).toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void copyFolder(Path from, Path to) {
		try (Stream<Path> files = Files.walk(from)) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				Path copy = to.resolve(from.relativize(file).toString());
				Files.createDirectories(copy.getParent());
				Files.copy(file, copy);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A copied fixture.
	 *
	 * @param bucket the folder that is the bucket
	 * @param objects the folder in it that holds the objects, named without the prefix
	 * @param expected what a reader must see
	 */
	public record Fixture(Path bucket, Path objects, Map<String, String> expected) {
	}

}
