package io.s4db.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

import io.s4db.local.DiskSteps.Step;

/**
 * Files that are there as a whole or not at all, also after a power cut.
 */
public final class AtomicFiles {

	/** What temporary files end with; such are removed at open. */
	public static final String TEMPORARY = ".tmp";

	private AtomicFiles() {
	}

	/**
	 * Writes a file's content.
	 */
	@FunctionalInterface
	public interface Writer {

		/** Writes it all; does not close. */
		void writeTo(OutputStream out) throws IOException;

	}

	/** Makes a directory, and those above it, and forces their names to disk. */
	static void makeDirectories(Path directory) throws IOException {
		if (Files.isDirectory(directory)) {
			return;
		}
		Path above = directory.toAbsolutePath().getParent();
		if (above != null) {
			makeDirectories(above);
		}
		try {
			Files.createDirectory(directory);
		}
		catch (FileAlreadyExistsException ex) {
			// Another process was quicker.
		}
		forceDirectory(directory);
	}

	/** Replaces a file by new content: written beside it, forced to disk, renamed. */
	public static void replace(Path file, Writer writer) throws IOException {
		Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
		try {
			DiskSteps.next(Step.CREATE, temporary);
			try (OutputStream out = Files.newOutputStream(temporary)) {
				writer.writeTo(out);
			}
			force(temporary);
			move(temporary, file);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	/** Renames a file, replacing what was there, and forces the rename to disk. */
	public static void move(Path from, Path to) throws IOException {
		rename(from, to);
		forceDirectory(to);
	}

	/** Renames a file, replacing what was there: after a power cut it may be back. */
	static void rename(Path from, Path to) throws IOException {
		DiskSteps.next(Step.RENAME, from, to);
		Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	/**
	 * Deletes a file, if it is there. The names are not forced to disk: it may be back.
	 */
	static void delete(Path file) throws IOException {
		DiskSteps.next(Step.DELETE, file);
		Files.deleteIfExists(file);
	}

	/** Forces a file's content to disk. */
	static void force(Path file) throws IOException {
		DiskSteps.next(Step.FORCE, file);
		// Not a channel: that one would be closed if the thread is interrupted.
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			access.getFD().sync();
		}
	}

	/**
	 * Forces the names in a file's directory to disk, where the system can: some cannot
	 * open a directory. An interrupt does not keep it from doing so.
	 */
	static void forceDirectory(Path file) throws IOException {
		Path directory = file.toAbsolutePath().getParent();
		DiskSteps.next(Step.FORCE_NAMES, file);
		boolean interrupted = false;
		try {
			while (true) {
				interrupted |= Thread.interrupted();
				try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
					channel.force(true);
					return;
				}
				catch (ClosedByInterruptException ex) {
					// Interrupted just now: that is remembered above.
				}
			}
		}
		catch (AccessDeniedException ex) {
			// The rename is atomic all the same.
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
