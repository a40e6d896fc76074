package io.s4db.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;

import io.s4db.DirectoryLockedException;
import io.s4db.S4DBException;
import io.s4db.format.StoreLayout;
import org.jspecify.annotations.Nullable;

/**
 * Directories of databases that were given none: below the system's temporary directory,
 * readable by their owner only, named after the store, with a slot for each process that
 * has the same database open. A restarted process finds there what its predecessor left.
 */
public final class DefaultDirectories {

	private static final int SLOTS = 256;

	private final Path base;

	private final Supplier<UUID> uuids;

	/**
	 * The directories for a store.
	 * @param description the store's description
	 */
	public DefaultDirectories(String description, Supplier<UUID> uuids) {
		UUID name = UUID.nameUUIDFromBytes(description.getBytes(StandardCharsets.UTF_8));
		String user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
		this.base = Path.of(System.getProperty("java.io.tmpdir"), "s4db-" + user, name.toString());
		this.uuids = uuids;
	}

	/**
	 * Opens a directory that a predecessor left pending files in; null if there is none.
	 */
	public @Nullable LocalDirectory openLeftBehind() {
		for (int slot = 0; slot < SLOTS; slot++) {
			Path path = slot(slot);
			if (!Files.isDirectory(path)) {
				continue;
			}
			try {
				LocalDirectory directory = LocalDirectory.open(path, this.uuids);
				if (directory.hasPending()) {
					return directory;
				}
				directory.delete();
			}
			catch (DirectoryLockedException ex) {
				// Another process's.
			}
		}
		return null;
	}

	/** Opens a new directory in the first free slot. */
	public LocalDirectory create() {
		try {
			Path parent = Objects.requireNonNull(this.base.getParent());
			if (!Files.isDirectory(parent)) {
				Files.createDirectories(parent);
				ownerOnly(parent);
			}
			for (int slot = 0; slot < SLOTS; slot++) {
				Path path = slot(slot);
				if (Files.exists(path.resolve(StoreLayout.WRITER))) {
					continue;
				}
				try {
					LocalDirectory directory = LocalDirectory.open(path, this.uuids);
					ownerOnly(path);
					return directory;
				}
				catch (DirectoryLockedException ex) {
					// Another process was quicker.
				}
			}
		}
		catch (IOException ex) {
			throw new S4DBException("No directory for pending files can be made below " + this.base
					+ "; set localDir to one that can be written: " + ex, ex);
		}
		throw new S4DBException("All " + SLOTS + " directories " + this.base + "-* are in use; set localDir");
	}

	private Path slot(int slot) {
		return this.base.resolveSibling(this.base.getFileName() + "-" + slot);
	}

	private static void ownerOnly(Path path) throws IOException {
		try {
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
		}
		catch (UnsupportedOperationException ex) {
			// A system without such permissions.
		}
	}

}
