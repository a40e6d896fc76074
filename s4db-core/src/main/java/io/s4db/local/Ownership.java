package io.s4db.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.s4db.format.StoreLayout;
import org.jspecify.annotations.Nullable;

/**
 * Whose files are: in a place where every user of the host may make some, what others
 * made, may change, or let point elsewhere is not used.
 */
final class Ownership {

	private static final Set<PosixFilePermission> OTHERS_WRITE = Set.of(PosixFilePermission.GROUP_WRITE,
			PosixFilePermission.OTHERS_WRITE);

	private static final String OWNER_ONLY_DIRECTORY = "rwx------";

	private static final String OWNER_ONLY_FILE = "rw-------";

	private final @Nullable UserPrincipal self;

	private Ownership(@Nullable UserPrincipal self) {
		this.self = self;
	}

	/**
	 * Who this process is, to the file system: the owner of what it makes.
	 * @param place a directory that it may write to
	 */
	static Ownership in(Path place) throws IOException {
		Path made = Files.createTempFile(place, "s4db", AtomicFiles.TEMPORARY);
		try {
			return new Ownership(posix(made) ? Files.getOwner(made, LinkOption.NOFOLLOW_LINKS) : null);
		}
		finally {
			Files.deleteIfExists(made);
		}
	}

	private static boolean posix(Path path) throws IOException {
		return Files.getFileStore(path).supportsFileAttributeView("posix");
	}

	/** Makes a directory that is readable by its owner only, from the first moment on. */
	static void makeDirectory(Path directory) throws IOException {
		Files.createDirectory(directory, ownerOnly(directory, OWNER_ONLY_DIRECTORY));
		AtomicFiles.forceDirectory(directory);
	}

	/**
	 * Makes what is gone of a directory that was this user's alone, and of the one above
	 * it: with all else in the temporary directory, maybe, and with that itself.
	 * @throws IOException if somebody else was quicker
	 */
	static void makeAnew(Path directory) throws IOException {
		Path parent = Objects.requireNonNull(directory.getParent());
		Path place = Objects.requireNonNull(parent.getParent());
		AtomicFiles.makeDirectories(place);
		Ownership ownership = in(place);
		for (Path path : List.of(parent, directory)) {
			if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
				makeDirectory(path);
			}
			String problem = ownership.problem(path);
			if (problem != null) {
				throw new IOException(problem);
			}
		}
	}

	private static FileAttribute<?>[] ownerOnly(Path path, String permissions) throws IOException {
		Path parent = path.toAbsolutePath().getParent();
		return (parent != null && posix(parent))
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) }
				: new FileAttribute<?>[0];
	}

	/** Makes a file readable by its owner only, where the system has such permissions. */
	static void ownerOnly(Path file) throws IOException {
		if (posix(file)) {
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(OWNER_ONLY_FILE));
		}
	}

	/** Why a directory is not used; null if it is this user's alone. */
	@Nullable String problem(Path directory) throws IOException {
		return problem(directory, true, true);
	}

	/** The same of a directory with all that is in it. */
	@Nullable String problemWithin(Path directory) throws IOException {
		String problem = problem(directory);
		if (problem != null) {
			return problem;
		}
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
			for (Path file : files) {
				String name = file.getFileName().toString();
				boolean pending = name.startsWith(StoreLayout.PENDING_PREFIX)
						|| name.startsWith(StoreLayout.CONDITIONAL_PREFIX);
				problem = problem(file, false, pending);
				if (problem != null) {
					return problem;
				}
			}
		}
		return null;
	}

	private @Nullable String problem(Path path, boolean directory, boolean mode) throws IOException {
		if (this.self == null) {
			return Files.isSymbolicLink(path) ? path + " is a symbolic link" : null;
		}
		PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		if (attributes.isSymbolicLink()) {
			return path + " is a symbolic link";
		}
		if (directory ? !attributes.isDirectory() : !attributes.isRegularFile()) {
			return path + " is no " + (directory ? "directory" : "file");
		}
		if (!attributes.owner().equals(this.self)) {
			return path + " belongs to " + attributes.owner().getName() + ", not to " + this.self.getName();
		}
		if (mode && attributes.permissions().stream().anyMatch(OTHERS_WRITE::contains)) {
			return "others than its owner may write to " + path;
		}
		if (!directory && (int) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1) {
			return path + " has another name elsewhere";
		}
		return null;
	}

}
