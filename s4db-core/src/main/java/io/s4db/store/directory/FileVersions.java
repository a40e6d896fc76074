package io.s4db.store.directory;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

import io.s4db.store.ObjectInfo;
import io.s4db.store.StoredObject;
import io.s4db.store.support.ETags;

/**
 * Reads a file that may be replaced at any time, so that bytes and ETag belong together.
 * Only streams are used, since an interrupt would close a channel.
 */
final class FileVersions {

	/** Up to this size in bytes an ETag is a hash of the bytes. */
	static final long HASHED = 16L << 20;

	/** How often a file may change while it is read before that is an error. */
	private static final int TRIES = 100;

	private FileVersions() {
	}

	/**
	 * The bytes and the ETag.
	 * @throws NoSuchFileException if there is no such file
	 */
	static StoredObject read(Path file) throws IOException {
		for (int i = 0; i < TRIES; i++) {
			Version version = Version.of(file);
			byte[] bytes = bytes(file);
			if (bytes.length == version.size && version.equals(Version.of(file))) {
				return new StoredObject(bytes, (bytes.length <= HASHED) ? ETags.of(bytes) : version.eTag());
			}
		}
		throw new IOException(file + " changes all the time");
	}

	/**
	 * Size, ETag and time.
	 * @throws NoSuchFileException if there is no such file
	 */
	static ObjectInfo info(String name, Path file) throws IOException {
		for (int i = 0; i < TRIES; i++) {
			Version version = Version.of(file);
			if (version.size > HASHED) {
				return new ObjectInfo(name, version.size, version.eTag(), version.modified);
			}
			byte[] bytes = bytes(file);
			if (bytes.length == version.size && version.equals(Version.of(file))) {
				return new ObjectInfo(name, version.size, ETags.of(bytes), version.modified);
			}
		}
		throw new IOException(file + " changes all the time");
	}

	/**
	 * The ETag of a file that is not replaced meanwhile and is too large to be hashed.
	 */
	static String eTagOfLarge(Path file) throws IOException {
		return Version.of(file).eTag();
	}

	private static byte[] bytes(Path file) throws IOException {
		try (InputStream stream = new FileInputStream(file.toFile())) {
			return stream.readAllBytes();
		}
	}

	/** What tells one version of a file from the next without reading it. */
	private record Version(long size, Instant modified, String inode) {

		static Version of(Path file) throws IOException {
			boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
			Map<String, Object> attributes = Files.readAttributes(file,
					(unix ? "unix:ino," : "") + "size,lastModifiedTime,isRegularFile");
			if (!Boolean.TRUE.equals(attributes.get("isRegularFile"))) {
				throw new NoSuchFileException(file.toString(), null, "not a file");
			}
			long size = (Long) Objects.requireNonNull(attributes.get("size"));
			FileTime modified = (FileTime) Objects.requireNonNull(attributes.get("lastModifiedTime"));
			return new Version(size, modified.toInstant(), Objects.toString(attributes.get("ino"), ""));
		}

		String eTag() {
			return String.format("\"%x-%x%09x-%s\"", this.size, this.modified.getEpochSecond(), this.modified.getNano(),
					this.inode);
		}

	}

}
