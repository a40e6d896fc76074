package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import io.s4db.Mode;
import io.s4db.S4DBOptions;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether there can be pending writes at all, and whether they would be lost
 * with the container.
 */
final class LocalDirectoryCheck {

	/** File systems that containers have for their own: gone when the container is. */
	private static final Set<String> SHORT_LIVED = Set.of("overlay", "overlayfs", "aufs", "fuse-overlayfs", "tmpfs",
			"ramfs");

	private LocalDirectoryCheck() {
	}

	/**
	 * Checks the local directory of a database that may be written, without touching it:
	 * what is wrong with it must not show at the first write.
	 * @throws InvalidS4DBPropertyException if it cannot be made or written
	 */
	static void requireWritable(PropertyNames names, S4DBOptions options) {
		Path localDir = options.localDir();
		if (localDir == null || options.mode() == Mode.READ_ONLY) {
			return;
		}
		Path existing = existing(localDir.toAbsolutePath());
		boolean writable = existing != null && Files.isDirectory(existing) && Files.isWritable(existing)
				&& Files.isExecutable(existing);
		if (!writable) {
			throw unusable(names, localDir, Files.exists(localDir) ? "cannot be written"
					: "cannot be made, since " + existing + " cannot be written");
		}
	}

	private static InvalidS4DBPropertyException unusable(PropertyNames names, Path localDir, String problem) {
		String property = names.of("local-dir");
		return new InvalidS4DBPropertyException(property, property + " is '" + localDir + "', which " + problem,
				"Set " + property + " to a directory that the user '" + System.getProperty("user.name")
						+ "' may write, such as a mounted volume, or " + names.of("mode")
						+ " to 'read-only' if nothing is written.");
	}

	/** A warning about the local directory; null where there is nothing to warn of. */
	static @Nullable String warning(PropertyNames names, S4DBOptions options, Path temporaryDirectory) {
		if (options.mode() == Mode.READ_ONLY) {
			return null;
		}
		String property = names.of("local-dir");
		Path localDir = options.localDir();
		if (localDir == null) {
			return warning(property, property + " is not set, so pending writes are kept below " + temporaryDirectory);
		}
		Path absolute = localDir.toAbsolutePath().normalize();
		if (absolute.startsWith(temporaryDirectory.toAbsolutePath().normalize())) {
			return warning(property, property + " (" + absolute + ") is below the temporary directory");
		}
		String fileSystem = fileSystem(absolute);
		if (SHORT_LIVED.contains(fileSystem)) {
			return warning(property, property + " (" + absolute + ") is on a file system of type " + fileSystem);
		}
		return null;
	}

	private static String warning(String property, String what) {
		return what + ", which does not outlive a container: if this one is killed, what was written since the last"
				+ " upload is lost. Set " + property + " to a directory on a volume that stays.";
	}

	/** The type of the file system that a directory is or would be on. */
	private static String fileSystem(Path directory) {
		Path existing = existing(directory);
		try {
			return (existing != null) ? Files.getFileStore(existing).type() : "";
		}
		catch (IOException ex) {
			return "";
		}
	}

	/** The directory, or the nearest above it that there is. */
	private static @Nullable Path existing(Path directory) {
		Path existing = directory;
		while (existing != null && !Files.exists(existing)) {
			existing = existing.getParent();
		}
		return existing;
	}

}
