package io.s4db.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.s4db.DirectoryLockedException;
import io.s4db.format.StoreLayout;
import org.jspecify.annotations.Nullable;

/**
 * A directory is held: against other processes by a lock on its file {@code LOCK}, within
 * this one by {@link HeldLocks}. Whoever is not the first in the process never opens the
 * file.
 */
final class DirectoryLock implements AutoCloseable {

	/** {@code LOCK} may be taken away and made anew while it is opened. */
	private static final int ATTEMPTS = 100;

	/**
	 * Handles that must not be closed, since this process holds a lock on the same file
	 * that it does not know of.
	 */
	private static final Queue<FileChannel> NEVER_CLOSED = new ConcurrentLinkedQueue<>();

	private final Path file;

	/** What the file is. */
	private final String key;

	private final FileChannel channel;

	private boolean closed;

	private DirectoryLock(Path file, String key, FileChannel channel) {
		this.file = file;
		this.key = key;
		this.channel = channel;
	}

	/**
	 * Takes a directory, which must be there.
	 * @throws DirectoryLockedException if somebody else has it
	 */
	static DirectoryLock take(Path directory) throws IOException {
		Path file = directory.resolve(StoreLayout.LOCK);
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			synchronized (HeldLocks.MUTEX) {
				DirectoryLock lock = tryTake(directory, file);
				if (lock != null) {
					return lock;
				}
			}
		}
		throw inUse(directory, "somebody who takes its file " + StoreLayout.LOCK + " away again and again");
	}

	/** Null if the file was replaced meanwhile. */
	private static @Nullable DirectoryLock tryTake(Path directory, Path file) throws IOException {
		makeIfAbsent(file);
		String key = key(file);
		if (key == null) {
			return null;
		}
		if (HeldLocks.contains(key)) {
			throw inUse(directory, "another open database of this process");
		}
		FileChannel channel;
		try {
			channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		boolean keep = false;
		try {
			if (channel.tryLock() == null) {
				throw inUse(directory, "another process");
			}
			if (!key.equals(key(file))) {
				return null;
			}
			keep = true;
			HeldLocks.add(key);
			return new DirectoryLock(file, key, channel);
		}
		catch (OverlappingFileLockException ex) {
			keep = true;
			NEVER_CLOSED.add(channel);
			throw inUse(directory, "another open database of this process");
		}
		finally {
			if (!keep) {
				channel.close();
			}
		}
	}

	private static void makeIfAbsent(Path file) throws IOException {
		if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		try {
			Files.createFile(file);
		}
		catch (FileAlreadyExistsException ex) {
			// Another process was quicker.
		}
	}

	/**
	 * What the file is, whatever path leads to it; null if it is not there. Its time is
	 * in it, since the number of a file that is gone is used again. A symbolic link is
	 * not followed.
	 */
	private static @Nullable String key(Path file) throws IOException {
		try {
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			Object key = attributes.fileKey();
			return ((key != null) ? key : file.toRealPath()) + " " + attributes.lastModifiedTime();
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	private static DirectoryLockedException inUse(Path directory, String whose) {
		return new DirectoryLockedException("The local directory " + directory + " is in use by " + whose
				+ ". Close that one, or give this one a directory of its own");
	}

	/**
	 * Whether the file is the one that was locked. If it is not, it was taken away, and
	 * others may have the directory.
	 */
	boolean stands() throws IOException {
		return this.key.equals(key(this.file));
	}

	/** Where the lock is: see {@link #placeOf}. */
	String place() {
		return place(this.key);
	}

	/**
	 * What cannot be copied: the file {@code LOCK} in a directory, and what the system
	 * drew when it started. Another one in each copy of a directory, and of a machine.
	 */
	static String placeOf(Path directory) throws IOException {
		return place(String.valueOf(key(directory.resolve(StoreLayout.LOCK))));
	}

	private static String place(String key) {
		try {
			return key + " " + Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
		}
		catch (IOException ex) {
			return key;
		}
	}

	@Override
	public void close() {
		synchronized (HeldLocks.MUTEX) {
			if (this.closed) {
				return;
			}
			this.closed = true;
			try {
				this.channel.close();
			}
			catch (IOException ex) {
				// The lock goes with the process at the latest.
			}
			HeldLocks.remove(this.key);
		}
	}

}
