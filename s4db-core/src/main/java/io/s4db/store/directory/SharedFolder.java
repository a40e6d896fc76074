package io.s4db.store.directory;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;

/**
 * A folder that threads and processes write to: its lock, and the durability of its
 * names.
 */
final class SharedFolder {

	/** The file that is locked. It stays there. */
	static final String LOCK_FILE = ".lock";

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
	 * Runs an action while no other thread of any process does.
	 * @throws ClosedByInterruptException if the thread was interrupted; the action has
	 * not run then
	 */
	<T extends @Nullable Object> T whileLocked(Action<T> action) throws IOException {
		// A file lock holds between processes only, and closing the file once releases it
		// for the whole process: so one thread at a time. An interned string is one and
		// the same for all class loaders.
		String process = ("io.s4db.store.directory.SharedFolder " + this.root.toRealPath()).intern();
		synchronized (process) {
			try (FileChannel channel = FileChannel.open(this.root.resolve(LOCK_FILE), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE)) {
				FileLock lock = channel.lock();
				try {
					return action.run();
				}
				finally {
					lock.release();
				}
			}
		}
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
