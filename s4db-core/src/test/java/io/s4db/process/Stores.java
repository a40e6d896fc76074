package io.s4db.process;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import io.s4db.store.s3.S3ObjectStore;
import io.s4db.store.testing.S3TestServer;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * Stores that several processes find by an address, and what is in the databases there.
 */
final class Stores {

	/** A request is given up after that, and its second try after twice that. */
	private static final Duration ATTEMPT = Duration.ofSeconds(5);

	private Stores() {
	}

	/** Opens the store at a folder's or an S3 server's URI. */
	static ObjectStore open(String address) {
		URI uri = URI.create(address);
		if (uri.getScheme().equals("file")) {
			return new DirectoryObjectStore(Path.of(uri));
		}
		S3ClientBuilder client = S3TestServer.clientBuilder(URI.create(uri.getScheme() + "://" + uri.getAuthority()));
		client.overrideConfiguration(client.overrideConfiguration()
			.toBuilder()
			.apiCallAttemptTimeout(ATTEMPT)
			.apiCallTimeout(ATTEMPT.multipliedBy(2))
			.build());
		return new S3ObjectStore(client.build(), S3TestServer.BUCKET, uri.getPath().substring(1));
	}

	/** Longer than any request to that store takes, and so what obsolete files need. */
	static Duration retention(String address) {
		return Duration.ofSeconds(address.startsWith("file:") ? 3 : 15);
	}

	/** Copies all objects into a folder. */
	static Path copy(ObjectStore store, Path folder) {
		try (Stream<ObjectInfo> objects = store.list("")) {
			Files.createDirectories(folder);
			for (ObjectInfo object : objects.toList()) {
				Files.write(folder.resolve(object.name()), store.get(object.name()).bytes());
			}
			return folder;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Reads everything in each way there is; they must agree. */
	static Map<String, String> read(S4DB db, IterationMode mode) {
		Map<String, String> view = iterate(db, mode);
		Set<String> keys = new HashSet<>(db.keys());
		if (!keys.equals(view.keySet()) || db.size() != view.size()) {
			throw new AssertionError("keys() gives " + keys.size() + ", size() " + db.size() + ", an iteration "
					+ view.size() + " keys");
		}
		if (!db.getAll(keys).equals(view)) {
			throw new AssertionError("getAll() differs from an iteration");
		}
		view.forEach((key, value) -> {
			if (!Objects.equals(db.get(key), value)) {
				throw new AssertionError("get() of " + key + " differs from an iteration");
			}
		});
		return view;
	}

	/** Every pair. */
	static Map<String, String> iterate(S4DB db, IterationMode mode) {
		Map<String, String> view = new HashMap<>();
		try (EntryIterator<String> entries = db.iterate(mode)) {
			entries.forEachRemaining((entry) -> {
				if (view.put(entry.getKey(), entry.getValue()) != null) {
					throw new AssertionError(entry.getKey() + " comes twice");
				}
			});
		}
		return view;
	}

	/** The files of a local directory that were set aside. */
	static List<String> setAside(Path directory) {
		if (!Files.isDirectory(directory)) {
			return List.of();
		}
		try (Stream<Path> files = Files.list(directory)) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.endsWith(".conflict"))
				.toList();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
