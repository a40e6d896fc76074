package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;

import io.s4db.Mode;
import io.s4db.S4DBOptions;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the directories of a database can be used at all, and whether what is
 * pending would be lost with the container.
 */
final class DirectoryCheck {

	/** File systems that containers have for their own: gone when the container is. */
	private static final Set<String> SHORT_LIVED = Set.of("overlay", "overlayfs", "aufs", "fuse-overlayfs", "tmpfs",
			"ramfs");

	private DirectoryCheck() {
	}

	/**
	 * Checks the local directory of a database that may be written, without touching it:
	 * what is wrong with it must not show at the first write.
	 * @throws InvalidS4DBPropertyException if it cannot be made or written
	 */
	static void requireLocal(PropertyNames names, S4DBOptions options) {
		Path localDir = options.localDir();
		if (localDir != null && options.mode() != Mode.READ_ONLY) {
			requireWritable(names, "local-dir", localDir);
		}
	}

	/**
	 * Checks the directory that a store is, without touching it: nor must what is wrong
	 * with that show at the first upload.
	 * @throws InvalidS4DBPropertyException if it cannot be read, or made and written
	 */
	static void requireStore(PropertyNames names, S4DBProperties properties, Mode mode) {
		String property = "directory.path";
		Path path = OptionsMapper.path(names.of(property), Objects.requireNonNull(properties.directory().path()));
		if (mode != Mode.READ_ONLY) {
			requireWritable(names, property, path);
		}
		else if (Files.exists(path) && !(Files.isReadable(path) && Files.isExecutable(path))) {
			throw unusable(names.of(property), path, "cannot be read", "read.");
		}
	}

	private static void requireWritable(PropertyNames names, String property, Path directory) {
		Path existing = existing(directory.toAbsolutePath());
		boolean writable = existing != null && Files.isDirectory(existing) && Files.isWritable(existing)
				&& Files.isExecutable(existing);
		if (!writable) {
			throw unusable(names.of(property), directory,
					Files.exists(directory) ? "cannot be written"
							: "cannot be made, since " + existing + " cannot be written",
					"write, such as a mounted volume, or " + names.of("mode")
							+ " to 'read-only' if nothing is written.");
		}
	}

	private static InvalidS4DBPropertyException unusable(String property, Path directory, String problem,
			String needed) {
		return new InvalidS4DBPropertyException(property, property + " is '" + directory + "', which " + problem, "Set "
				+ property + " to a directory that the user '" + System.getProperty("user.name") + "' may " + needed);
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
