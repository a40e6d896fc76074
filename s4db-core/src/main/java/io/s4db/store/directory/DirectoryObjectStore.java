package io.s4db.store.directory;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectTail;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import io.s4db.store.support.Conditions;
import io.s4db.store.support.CountingInputStream;
import io.s4db.store.support.Listing;
import io.s4db.store.support.ObjectNames;
import io.s4db.store.support.RequestCounter;
import io.s4db.store.support.RequestKind;
import org.jspecify.annotations.Nullable;

/**
 * Objects as plain files of their names, directly below a folder: a prefix of a bucket
 * that was copied with any S3 tool opens as it is.
 *
 * <p>
 * A put writes a hidden file ({@code .tmp-…}), forces it to disk, and renames it while it
 * holds a lock that all threads and processes share (the file {@code .lock}): so readers
 * see whole objects only, a condition is checked and its put takes effect in one step,
 * and what was put survives a power cut. The folder must be on a file system with working
 * file locks and atomic renames; it is made at the first put. Until then the store is
 * empty. Neither hidden files nor folders below are objects.
 *
 * <p>
 * An ETag follows from the file alone, so that a file is served rightly whoever wrote it:
 * up to 16 MiB it is a hash of the bytes, for larger ones it is made of size, time of
 * modification (with nanoseconds) and, where the file system has them, inode. So asking
 * for the ETag of a small object reads it.
 *
 * <p>
 * Thread-safe. A full disk or a denied access is a {@link StoreUnavailableException}, a
 * root that is a file a plain {@link S4DBException}. A thread that is interrupted before
 * its put took effect gets a {@link StoreUnavailableException} and stays interrupted.
 * Each put costs two forced writes to disk. The requests counted are those that
 * {@code S3ObjectStore} would have sent.
 */
public final class DirectoryObjectStore implements ObjectStore {

	private final RequestCounter counter = new RequestCounter();

	private final Path root;

	private final SharedFolder folder;

	private final TemporaryFiles temporaryFiles;

	/**
	 * A store over a folder.
	 * @param root the folder; need not exist
	 */
	public DirectoryObjectStore(Path root) {
		this(root, Clock.systemUTC());
	}

	/**
	 * A store over a folder.
	 * @param root the folder; need not exist
	 * @param clock tells which files a killed process left behind long ago
	 */
	public DirectoryObjectStore(Path root, Clock clock) {
		this.root = root.toAbsolutePath().normalize();
		this.folder = new SharedFolder(this.root);
		this.temporaryFiles = new TemporaryFiles(this.root, clock);
	}

	@Override
	public String description() {
		return "file:" + this.root;
	}

	@Override
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		Path file = file(name);
		this.counter.count(RequestKind.GET);
		StoredObject object = reading(name, () -> FileVersions.read(file));
		if (object.eTag().equals(knownETag)) {
			return null;
		}
		this.counter.read(object.bytes().length);
		return object;
	}

	@Override
	public byte[] getRange(String name, long offset, int length) {
		ObjectNames.checkRange(name, offset, length);
		Path file = file(name);
		this.counter.count(RequestKind.GET);
		return reading(name, () -> {
			try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
				return read(access, offset, length);
			}
		});
	}

	@Override
	public ObjectTail getTail(String name, int length) {
		ObjectNames.checkRange(name, 0, length);
		Path file = file(name);
		this.counter.count(RequestKind.GET);
		return reading(name, () -> {
			try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
				long size = access.length();
				return new ObjectTail(read(access, Math.max(0, size - length), length), size);
			}
		});
	}

	private byte[] read(RandomAccessFile access, long offset, int length) throws IOException {
		byte[] bytes = new byte[(int) Math.min(length, Math.max(0, access.length() - offset))];
		access.seek(offset);
		access.readFully(bytes);
		this.counter.read(bytes.length);
		return bytes;
	}

	@Override
	public InputStream open(String name, long offset, long length) {
		ObjectNames.checkRange(name, offset, length);
		Path file = file(name);
		this.counter.count(RequestKind.GET);
		long end = (length <= Long.MAX_VALUE - offset) ? offset + length : Long.MAX_VALUE;
		return reading(name,
				() -> new CountingInputStream(ObjectContent.of(file, end).open(offset), this.counter::read));
	}

	@Override
	public @Nullable ObjectInfo head(String name) {
		Path file = file(name);
		this.counter.count(RequestKind.HEAD);
		try {
			return reading(name, () -> FileVersions.info(name, file));
		}
		catch (ObjectNotFoundException ex) {
			// S3 does not say whether it is the object or the bucket that is absent
			this.counter.count(RequestKind.GET);
			return null;
		}
	}

	@Override
	public Stream<ObjectInfo> list(String namePrefix) {
		List<String> names = names(namePrefix);
		names.sort(ObjectNames.ORDER);
		var left = names.iterator();
		return Listing.stream(this.counter, () -> {
			ObjectInfo info = null;
			while (info == null && left.hasNext()) {
				info = infoIfPresent(left.next());
			}
			return info;
		});
	}

	private List<String> names(String prefix) {
		List<String> names = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.root)) {
			for (Path file : files) {
				String name = file.getFileName().toString();
				if (name.startsWith(prefix) && !isHidden(name)) {
					names.add(name);
				}
			}
		}
		catch (NoSuchFileException ex) {
			requireDirectory(ex);
		}
		catch (IOException ex) {
			throw unlisted(prefix, ex);
		}
		catch (DirectoryIteratorException ex) {
			throw unlisted(prefix, ex.getCause());
		}
		return names;
	}

	private S4DBException unlisted(String prefix, @Nullable IOException cause) {
		IOException known = (cause != null) ? cause : new IOException("unknown");
		requireDirectory(known);
		return unavailable("list", prefix, known);
	}

	private @Nullable ObjectInfo infoIfPresent(String name) {
		try {
			return reading(name, () -> FileVersions.info(name, this.root.resolve(name)));
		}
		catch (ObjectNotFoundException ex) {
			// a folder, or deleted meanwhile
			return null;
		}
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		Path file = file(name);
		this.counter.put(content.length());
		return writing(name, () -> {
			this.folder.create();
			this.temporaryFiles.removeAbandoned();
			try (TemporaryFiles.Written written = this.temporaryFiles.write(name, content)) {
				return this.folder.whileLocked(() -> {
					Conditions.check(name, condition, (condition == PutCondition.none()) ? null : presentETag(file));
					if (Files.isDirectory(file)) {
						throw new S4DBException("Could not write '" + name + "': " + file + " is a folder");
					}
					Files.move(written.file(), file, StandardCopyOption.ATOMIC_MOVE);
					this.folder.force();
					return written.eTag(file);
				});
			}
		});
	}

	private static @Nullable String presentETag(Path file) throws IOException {
		try {
			return FileVersions.info("", file).eTag();
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	@Override
	public void delete(String name) {
		Path file = file(name);
		this.counter.count(RequestKind.DELETE);
		if (Files.notExists(file) || Files.isDirectory(file)) {
			return;
		}
		writing(name, () -> this.folder.whileLocked(() -> {
			if (Files.deleteIfExists(file)) {
				this.folder.force();
			}
			return "";
		}));
	}

	@Override
	public void requireConditionalWrites() {
		// conditions are checked under the lock
	}

	@Override
	public Optional<Path> directory() {
		return Optional.of(this.root);
	}

	@Override
	public RequestCounts requestCounts() {
		return this.counter.counts();
	}

	@Override
	public void close() {
		// nothing is kept open
	}

	private Path file(String name) {
		ObjectNames.check(name);
		try {
			Path file = this.root.resolve(name);
			if (isHidden(name) || !this.root.equals(file.getParent()) || !file.normalize().equals(file)) {
				throw new IllegalArgumentException(
						"'" + name + "' cannot be an object of " + description() + ": the name is taken");
			}
			return file;
		}
		catch (InvalidPathException ex) {
			throw new IllegalArgumentException("'" + name + "' cannot be a file's name here: " + ex.getReason()
					+ ". For names beyond ASCII, start Java in a UTF-8 locale", ex);
		}
	}

	private static boolean isHidden(String name) {
		return name.equals(SharedFolder.LOCK_FILE) || name.startsWith(TemporaryFiles.PREFIX);
	}

	/** Reads, and says in the contract's terms why it does not work. */
	private <T extends @Nullable Object> T reading(String name, SharedFolder.Action<T> action) {
		try {
			return action.run();
		}
		catch (IOException ex) {
			Path file = this.root.resolve(name);
			requireDirectory(ex);
			if (ex instanceof NoSuchFileException || Files.isDirectory(file) || Files.notExists(file)) {
				throw new ObjectNotFoundException("There is no object '" + name + "' in " + description(), ex);
			}
			throw unavailable("read", name, ex);
		}
	}

	/** Writes, and says in the contract's terms why it does not work. */
	private String writing(String name, SharedFolder.Action<String> action) {
		if (Thread.currentThread().isInterrupted()) {
			throw new StoreUnavailableException("Interrupted before writing '" + name + "' in " + description());
		}
		try {
			return action.run();
		}
		catch (IOException ex) {
			requireDirectory(ex);
			throw unavailable("write", name, ex);
		}
	}

	private void requireDirectory(IOException cause) {
		for (Path path = this.root; path != null; path = path.getParent()) {
			if (Files.exists(path)) {
				if (!Files.isDirectory(path)) {
					throw new S4DBException(path + " is not a folder, so that no objects can be kept in "
							+ description() + ". Name another folder, or move that file away", cause);
				}
				return;
			}
		}
	}

	private StoreUnavailableException unavailable(String what, String name, IOException cause) {
		String hint = (cause instanceof AccessDeniedException)
				? "access denied; this process's user needs the right to " + what + " there" : cause.toString();
		return new StoreUnavailableException("Could not " + what + " '" + name + "' in " + description() + ": " + hint,
				cause);
	}

}
