package io.s4db.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.reference.FixtureDatabases;
import io.s4db.store.directory.DirectoryObjectStore;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Databases for tests.
 */
public final class Databases {

	static {
		Logging.set(false);
	}

	private Databases() {
	}

	/** Copies what the reference wrote, and gives what a reader must see. */
	public static Map<String, String> fixture(String name, Path folder) {
		try {
			URI uri = Objects.requireNonNull(FixtureDatabases.class.getResource("/fixtures/" + name)).toURI();
			if (!uri.getScheme().equals("jar")) {
				return copy(Path.of(uri), folder);
			}
			URI jar = URI.create(uri.toString().replaceFirst("!.*", ""));
			synchronized (Databases.class) {
				try (FileSystem files = open(jar)) {
					return copy(files.getPath("/fixtures/" + name), folder);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static FileSystem open(URI jar) throws IOException {
		try {
			return FileSystems.newFileSystem(jar, Map.of());
		}
		catch (FileSystemNotFoundException ex) {
			throw new IOException(ex);
		}
	}

	private static Map<String, String> copy(Path fixture, Path folder) throws IOException {
		Files.createDirectories(folder);
		try (Stream<Path> files = Files.list(fixture.resolve("bucket/db"))) {
			for (Path file : files.toList()) {
				Files.copy(file, folder.resolve(file.getFileName().toString()));
			}
		}
		try (InputStream json = Files.newInputStream(fixture.resolve("expected.json"))) {
			return new JsonMapper().readValue(json, new TypeReference<>() {
			});
		}
	}

	/** Makes a database of this library. */
	public static void make(Path folder, Map<String, String> pairs) {
		try (DirectoryObjectStore store = new DirectoryObjectStore(folder); S4DB db = S4DBEngine.open(store)) {
			db.put(pairs);
		}
	}

	/** The names of the files of a folder, and a hash of each. */
	public static Map<String, String> state(Path folder) {
		Map<String, String> state = new TreeMap<>();
		try (Stream<Path> files = Files.walk(folder)) {
			for (Path file : files.toList()) {
				state.put(folder.relativize(file).toString(),
						Files.isDirectory(file) ? "" : Integer.toHexString(Arrays.hashCode(Files.readAllBytes(file)))
								+ " " + Files.getLastModifiedTime(file));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return state;
	}

}
