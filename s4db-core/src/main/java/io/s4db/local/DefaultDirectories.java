package io.s4db.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

import io.s4db.DirectoryLockedException;
import io.s4db.S4DBException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories of databases that were given none: below the system's temporary directory,
 * readable by their owner only, named after the store, with a slot for each process that
 * has the same database open. A restarted process finds there what its predecessor left.
 * <pre>
 * s4db-USER[-1 to -7]       this user's
 *   STORE-SLOT              a local directory
 * </pre> Everybody on the host may make such names: what is not this user's alone
 * ({@link Ownership}) is passed over.
 */
public final class DefaultDirectories {

	private static final Logger logger = LoggerFactory.getLogger(DefaultDirectories.class);

	private static final int PARENTS = 8;

	private static final int SLOTS = 256;

	private final Path place;

	private final String user;

	private final String store;

	private final String name;

	private final Supplier<UUID> uuids;

	/**
	 * The directories for a store.
	 * @param store the store's description
	 */
	public DefaultDirectories(String store, Supplier<UUID> uuids) {
		this.place = Path.of(System.getProperty("java.io.tmpdir"));
		this.user = "s4db-" + System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
		this.store = store;
		this.name = UUID.nameUUIDFromBytes(store.getBytes(StandardCharsets.UTF_8)).toString();
		this.uuids = uuids;
	}

	/**
	 * Opens a directory that a predecessor left pending files in; null if there is none.
	 */
	public @Nullable LocalDirectory openLeftBehind() {
		List<Path> parents = new ArrayList<>();
		for (int i = 0; i < PARENTS; i++) {
			Path parent = parent(i);
			if (Files.exists(parent, LinkOption.NOFOLLOW_LINKS)) {
				parents.add(parent);
			}
		}
		if (parents.isEmpty()) {
			return null;
		}
		try {
			Ownership ownership = Ownership.in(this.place);
			for (Path parent : parents) {
				LocalDirectory found = isUsable(ownership, parent) ? openLeftBehind(ownership, parent) : null;
				if (found != null) {
					return found;
				}
			}
			return null;
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
	}

	private @Nullable LocalDirectory openLeftBehind(Ownership ownership, Path parent) throws IOException {
		for (int slot = 0; slot < SLOTS; slot++) {
			Path path = slot(parent, slot);
			if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS) || !isUsableWithin(ownership, path)) {
				continue;
			}
			try {
				LocalDirectory directory = LocalDirectory.open(path, this.store, this.uuids, true);
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

	private static boolean isUsable(Ownership ownership, Path directory) throws IOException {
		return passes(directory, ownership.problem(directory));
	}

	private static boolean isUsableWithin(Ownership ownership, Path directory) throws IOException {
		return passes(directory, ownership.problemWithin(directory));
	}

	private static boolean passes(Path directory, @Nullable String problem) {
		if (problem != null) {
			logger.warn(
					"{} is not used, and what it may have pending is not taken up: {}. Set localDir (s4db.local-dir) to a directory"
							+ " that only this user can write to",
					directory, problem);
		}
		return problem == null;
	}

	/** Opens a new directory in the first free slot. */
	public LocalDirectory create() {
		try {
			Ownership ownership = Ownership.in(this.place);
			for (int i = 0; i < PARENTS; i++) {
				Path parent = parent(i);
				makeIfAbsent(parent);
				LocalDirectory created = isUsable(ownership, parent) ? create(parent) : null;
				if (created != null) {
					return created;
				}
			}
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
		throw new S4DBException("All directories " + this.place.resolve(this.user) + "* are in use, or not this"
				+ " user's alone; set localDir (s4db.local-dir)");
	}

	private @Nullable LocalDirectory create(Path parent) throws IOException {
		for (int slot = 0; slot < SLOTS; slot++) {
			Path path = slot(parent, slot);
			if (!makeIfAbsent(path)) {
				// Another process's, or left behind.
				continue;
			}
			try {
				return LocalDirectory.open(path, this.store, this.uuids, true);
			}
			catch (DirectoryLockedException ex) {
				// Somebody looks whether anything was left behind here.
			}
		}
		return null;
	}

	private static boolean makeIfAbsent(Path directory) throws IOException {
		try {
			Ownership.makeDirectory(directory);
			return true;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
	}

	private Path parent(int number) {
		return this.place.resolve((number == 0) ? this.user : this.user + "-" + number);
	}

	private Path slot(Path parent, int slot) {
		return parent.resolve(this.name + "-" + slot);
	}

	private S4DBException unusable(IOException ex) {
		return new S4DBException("No directory for pending files can be had below " + this.place
				+ "; set localDir (s4db.local-dir) to one that can be written: " + ex, ex);
	}

}
