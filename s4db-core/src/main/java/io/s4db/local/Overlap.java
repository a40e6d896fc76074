package io.s4db.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps a database's local directory and a folder that is its store apart: what one keeps
 * in there, the other would take for its own, and set aside or delete.
 */
public final class Overlap {

	private Overlap() {
	}

	/**
	 * Makes sure that neither is the other or lies in it, by whatever links. They need
	 * not exist.
	 * @throws IllegalArgumentException if so
	 */
	public static void requireApart(Path localDirectory, Path storeFolder) {
		try {
			Path local = real(localDirectory.toAbsolutePath());
			Path store = real(storeFolder.toAbsolutePath());
			if (contains(local, store) || contains(store, local)) {
				throw new IllegalArgumentException("The local directory " + localDirectory
						+ " (s4db.local-dir) and the folder " + storeFolder + " (s4db.directory.path) that the database"
						+ " is stored in must lie apart: each takes what is in there for its own. Name another local"
						+ " directory");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The path without links, as far as it exists. */
	private static Path real(Path path) throws IOException {
		for (Path existing = path; existing != null; existing = existing.getParent()) {
			if (Files.exists(existing)) {
				return existing.toRealPath().resolve(existing.relativize(path)).normalize();
			}
		}
		return path.normalize();
	}

	private static boolean contains(Path outer, Path inner) throws IOException {
		for (Path path = inner; path != null; path = path.getParent()) {
			if (path.equals(outer) || (Files.exists(path) && Files.exists(outer) && Files.isSameFile(path, outer))) {
				return true;
			}
		}
		return false;
	}

}
