package io.s4db.store.directory;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import io.s4db.store.ObjectContent;
import io.s4db.store.support.Contents;
import io.s4db.store.support.ETags;
import org.jspecify.annotations.Nullable;

/**
 * Files that are not objects yet.
 */
final class TemporaryFiles {

	/** How their names begin. */
	static final String PREFIX = ".tmp-";

	/** A file that was not written to for so long was left behind by a killed process. */
	private static final Duration ABANDONED = Duration.ofHours(1);

	private static final int BUFFER = 128 << 10;

	private final Path folder;

	private final Clock clock;

	private final AtomicReference<Instant> nextRemoval = new AtomicReference<>(Instant.MIN);

	TemporaryFiles(Path folder, Clock clock) {
		this.folder = folder;
		this.clock = clock;
	}

	/** Removes what killed processes left behind, looking once an hour at most. */
	void removeAbandoned() {
		Instant now = this.clock.instant();
		Instant due = this.nextRemoval.get();
		if (now.isBefore(due) || !this.nextRemoval.compareAndSet(due, now.plus(ABANDONED))) {
			return;
		}
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.folder, PREFIX + "*")) {
			for (Path file : files) {
				removeIfAbandoned(file, now.minus(ABANDONED));
			}
		}
		catch (IOException | DirectoryIteratorException ex) {
			// no reason not to write; in an hour it is tried again
		}
	}

	private static void removeIfAbandoned(Path file, Instant before) {
		try {
			if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			// in use after all, or another process was faster
		}
	}

	/**
	 * Writes a file and forces it to disk.
	 * @throws io.s4db.S4DBException if the content cannot be read
	 */
	Written write(String name, ObjectContent content) throws IOException {
		Path file = this.folder.resolve(PREFIX + UUID.randomUUID());
		Written written = new Written(file, content.length() <= FileVersions.HASHED ? ETags.digest() : null);
		boolean complete = false;
		try (FileOutputStream out = new FileOutputStream(file.toFile())) {
			copy(name, content, out, written);
			out.getFD().sync();
			complete = true;
			return written;
		}
		finally {
			if (!complete) {
				written.close();
			}
		}
	}

	private static void copy(String name, ObjectContent content, FileOutputStream out, Written written)
			throws IOException {
		byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, content.length()))];
		long remaining = content.length();
		try (Source source = new Source(name, content)) {
			while (remaining > 0) {
				int count = source.read(buffer, (int) Math.min(buffer.length, remaining));
				written.update(buffer, count);
				out.write(buffer, 0, count);
				remaining -= count;
			}
		}
	}

	/** The content, whose failures are not the store's. */
	private static final class Source implements AutoCloseable {

		private final String name;

		private final InputStream stream;

		Source(String name, ObjectContent content) {
			this.name = name;
			try {
				this.stream = content.open(0);
			}
			catch (IOException ex) {
				throw Contents.unreadable(name, ex);
			}
		}

		int read(byte[] buffer, int length) {
			try {
				int count = this.stream.read(buffer, 0, length);
				if (count < 0) {
					throw new IOException("It ends before its length");
				}
				return count;
			}
			catch (IOException ex) {
				throw Contents.unreadable(this.name, ex);
			}
		}

		@Override
		public void close() throws IOException {
			this.stream.close();
		}

	}

	/** A file that is whole and on disk. Closing removes it unless it was renamed. */
	static final class Written implements AutoCloseable {

		private final Path file;

		private final @Nullable MessageDigest digest;

		private Written(Path file, @Nullable MessageDigest digest) {
			this.file = file;
			this.digest = digest;
		}

		private void update(byte[] bytes, int count) {
			if (this.digest != null) {
				this.digest.update(bytes, 0, count);
			}
		}

		Path file() {
			return this.file;
		}

		/** The ETag, after the file was renamed to what is given. */
		String eTag(Path renamed) throws IOException {
			return (this.digest != null) ? ETags.of(this.digest) : FileVersions.eTagOfLarge(renamed);
		}

		@Override
		public void close() {
			try {
				Files.deleteIfExists(this.file);
			}
			catch (IOException ex) {
				// removed in an hour
			}
		}

	}

}
