package io.s4db.store.directory;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

import org.jspecify.annotations.Nullable;

/**
 * A folder that threads and processes write to: its lock, and the durability of its
 * names.
 */
final class SharedFolder {

	/** The file that is locked. It stays there. */
	static final String LOCK_FILE = ".lock";

	/** How often the file may be replaced while it is being locked. */
	private static final int TRIES = 10;

	private final Path root;

	SharedFolder(Path root) {
		this.root = root;
	}

	/** Makes the folder if it is not there. */
	void create() throws IOException {
		if (!Files.isDirectory(this.root)) {
			Files.createDirectories(this.root);
			Path parent = this.root.getParent();
			if (parent != null) {
				force(parent);
			}
		}
	}

	/**
	 * Runs an action while no other thread of any process does, whichever paths they know
	 * the folder by.
	 * @throws ClosedByInterruptException if the thread was interrupted; the action has
	 * not run then
	 */
	<T extends @Nullable Object> T whileLocked(Action<T> action) throws IOException {
		// A file lock holds between processes only, and closing any handle of the file
		// gives it up for the whole process: so the file is opened by one thread at a
		// time,
		// and made by one that nobody who may have locked it runs beside.
		synchronized (monitor(this.root)) {
			Path file = this.root.resolve(LOCK_FILE);
			for (int i = 0; i < TRIES; i++) {
				makeLockFile(file);
				String monitor = monitor(file);
				synchronized (monitor) {
					// the lock is given up with the channel
					try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
						lock(channel);
						if (monitor.equals(monitor(file))) {
							return action.run();
						}
					}
				}
			}
			throw new IOException(file + " is replaced all the time; nothing but s4db may touch it");
		}
	}

	private static void makeLockFile(Path file) throws IOException {
		if (!Files.exists(file)) {
			try {
				Files.createFile(file);
			}
			catch (FileAlreadyExistsException ex) {
				// by another process, a moment ago
			}
		}
	}

	private static void lock(FileChannel channel) throws IOException {
		try {
			channel.lock();
		}
		catch (OverlappingFileLockException ex) {
			throw new IOException("The lock of the folder is held by another part of this process, which does not"
					+ " heed those of s4db; try again", ex);
		}
	}

	/**
	 * What stands for a file or folder in this process: one and the same object for all
	 * paths that lead to it, and, being interned, for all class loaders.
	 */
	private static String monitor(Path path) throws IOException {
		Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
		return ("io.s4db.store.SharedFolder " + ((key != null) ? key : path.toRealPath())).intern();
	}

	/** Makes the names that were given or removed last a power cut. */
	void force() throws IOException {
		force(this.root);
	}

	private static void force(Path folder) throws IOException {
		if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
			// elsewhere a folder cannot be opened
			return;
		}
		boolean interrupted = Thread.interrupted();
		try {
			while (!forced(folder)) {
				interrupted = true;
				Thread.interrupted();
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * False if an interrupt closed the channel: what was renamed must still be forced.
	 */
	private static boolean forced(Path folder) throws IOException {
		try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
			channel.force(true);
			return true;
		}
		catch (ClosedByInterruptException ex) {
			return false;
		}
	}

	/** Does something with files. */
	@FunctionalInterface
	interface Action<T extends @Nullable Object> {

		T run() throws IOException;

	}

}
