package io.s4db.reference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What the reference implementation does, in Java, as simply as can be and with its
 * traps: it never reads a local index, trusts any local file, truncates what it does not
 * know, overwrites and deletes without asking. Shares no code with the engine, so that
 * the two can be held against each other.
 *
 * <p>
 * A bucket is a folder, an object a file in it whose name begins with the prefix. Not
 * thread-safe. An error leaves whatever the reference would leave.
 */
public final class ReferenceDatabase {

	static final long DEFAULT_MAX_FILE_SIZE = 64L << 20;

	private final Path bucket;

	private final String prefix;

	private final long maxFileSize;

	private @Nullable Path localDir;

	private ReferenceIndex index = new ReferenceIndex();

	/**
	 * Opens a database.
	 * @param localDir null until one is needed
	 */
	public ReferenceDatabase(Path bucket, String prefix, @Nullable Path localDir, long maxFileSize) {
		this.bucket = bucket;
		this.prefix = prefix;
		this.localDir = localDir;
		this.maxFileSize = maxFileSize;
		if (Files.exists(object(ReferenceIndex.NAME))) {
			this.index = ReferenceIndex.decode(read(object(ReferenceIndex.NAME)));
		}
	}

	void put(Map<String, String> items) {
		List<Write> writes = new ArrayList<>();
		items.forEach((key, value) -> writes.add(new Write(key, value)));
		write(writes);
	}

	void delete(Collection<String> keys) {
		List<Write> tombstones = new ArrayList<>();
		for (String key : keys) {
			if (this.index.entries.containsKey(key)) {
				tombstones.add(new Write(key, null));
			}
		}
		if (!tombstones.isEmpty()) {
			write(tombstones);
		}
	}

	@Nullable String get(String key) {
		ReferenceIndex.Location location = this.index.entries.get(key);
		if (location == null) {
			return null;
		}
		String name = ReferenceFormat.dataFileName(location.file());
		Path local = (this.localDir != null) ? this.localDir.resolve(name) : null;
		Path source = (local != null && Files.exists(local)) ? local : object(name);
		return ReferenceFormat.decodeValue(read(source, location));
	}

	Set<String> keys() {
		return new HashSet<>(this.index.entries.keySet());
	}

	/** Every pair. */
	public Map<String, String> iter(boolean local) {
		if (local) {
			Path folder = local();
			for (ReferenceIndex.Location location : this.index.entries.values()) {
				String name = ReferenceFormat.dataFileName(location.file());
				Path file = folder.resolve(name);
				if (!Files.exists(file)) {
					copy(object(name), file);
				}
			}
		}
		Map<String, String> pairs = new LinkedHashMap<>();
		for (String key : this.index.entries.keySet()) {
			pairs.put(key, get(key));
		}
		return pairs;
	}

	/** Fetches all data files and the index. */
	public void download() {
		Path local = local();
		for (Path object : list(this.bucket, this.prefix)) {
			String name = this.bucket.relativize(object).toString().substring(this.prefix.length());
			if (name.matches("data_\\d{6}\\.s4db")) {
				copy(object, local.resolve(name));
			}
		}
		this.index = ReferenceIndex.decode(read(object(ReferenceIndex.NAME)));
	}

	void upload() {
		if (this.localDir != null) {
			for (Path file : localDataFiles()) {
				copy(file, object(file.getFileName().toString()));
			}
		}
		replace(object(ReferenceIndex.NAME), this.index.encode());
	}

	void flush() {
		replace(local().resolve(ReferenceIndex.NAME), this.index.encode());
	}

	/** Makes the index anew from local data files. */
	public void rebuildIndex() {
		local();
		ReferenceIndex rebuilt = new ReferenceIndex();
		for (Path file : localDataFiles()) {
			byte[] bytes = read(file);
			long number = ReferenceFormat.decodeHeader(bytes);
			rebuilt.next = number + 1;
			for (ReferenceFormat.RawEntry entry : ReferenceFormat.scan(bytes)) {
				if (entry.tombstone()) {
					rebuilt.entries.remove(entry.key());
				}
				else {
					rebuilt.put(entry.key(), number, entry.offset(), entry.bytes().length);
				}
			}
		}
		this.index = rebuilt;
		flush();
	}

	void compact() {
		if (this.localDir == null) {
			throw new IllegalStateException("The reference compacts only what is in a local directory");
		}
		Path local = this.localDir;
		List<Path> inputs = localDataFiles();
		ReferenceIndex compacted = new ReferenceIndex();
		compacted.next = this.index.next;
		List<Path> outputs = new ArrayList<>();
		// All in memory and written at the end: an output that takes the name of an input
		// makes no difference but in what is left after a crash.
		List<List<byte[]>> contents = new ArrayList<>();
		long size = 0;
		for (Path input : inputs) {
			byte[] bytes = read(input);
			long number = ReferenceFormat.decodeHeader(bytes);
			for (ReferenceFormat.RawEntry entry : ReferenceFormat.scan(bytes)) {
				ReferenceIndex.Location live = this.index.entries.get(entry.key());
				if (entry.tombstone() || live == null || live.file() != number || live.offset() != entry.offset()) {
					continue;
				}
				if (outputs.isEmpty()
						|| (size > ReferenceFormat.HEADER_SIZE && size + entry.bytes().length > this.maxFileSize)) {
					byte[] header = ReferenceFormat.encodeHeader(compacted.next);
					outputs.add(local.resolve(ReferenceFormat.dataFileName(compacted.next)));
					contents.add(new ArrayList<>(List.of(header)));
					size = header.length;
					compacted.next++;
				}
				contents.get(contents.size() - 1).add(entry.bytes());
				compacted.put(entry.key(), compacted.next - 1, size, entry.bytes().length);
				size += entry.bytes().length;
			}
		}
		for (int i = 0; i < outputs.size(); i++) {
			replace(outputs.get(i), ReferenceFormat.concatenate(contents.get(i)));
		}
		this.index = compacted;
		flush();
		inputs.forEach(ReferenceDatabase::delete);
		inputs.forEach((input) -> delete(object(input.getFileName().toString())));
		outputs.forEach((output) -> copy(output, object(output.getFileName().toString())));
		copy(local.resolve(ReferenceIndex.NAME), object(ReferenceIndex.NAME));
	}

	private void write(List<Write> writes) {
		Path local = local();
		long number = this.index.next - 1;
		Path file = local.resolve(ReferenceFormat.dataFileName(number));
		if (number < 1 || !Files.exists(file) || size(file) >= this.maxFileSize) {
			number = this.index.next;
			file = local.resolve(ReferenceFormat.dataFileName(number));
			replace(file, ReferenceFormat.encodeHeader(number));
		}
		ReferenceIndex written = new ReferenceIndex();
		for (Write write : writes) {
			byte[] entry = ReferenceFormat.encodeEntry(write.key(), write.value());
			long size = size(file);
			if (size > ReferenceFormat.HEADER_SIZE && size + entry.length > this.maxFileSize) {
				number++;
				file = local.resolve(ReferenceFormat.dataFileName(number));
				replace(file, ReferenceFormat.encodeHeader(number));
				size = ReferenceFormat.HEADER_SIZE;
			}
			append(file, entry);
			if (write.value() != null) {
				written.put(write.key(), number, size, entry.length);
			}
		}
		this.index.entries.putAll(written.entries);
		for (Write write : writes) {
			if (write.value() == null) {
				this.index.entries.remove(write.key());
			}
		}
		this.index.next = number + 1;
		flush();
	}

	private Path object(String name) {
		return this.bucket.resolve(this.prefix + name);
	}

	private Path local() {
		try {
			if (this.localDir == null) {
				this.localDir = Files.createTempDirectory("s4db_");
			}
			return Files.createDirectories(this.localDir);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** By name, as the reference has it: data_1000000 comes before data_999999. */
	private List<Path> localDataFiles() {
		Path local = this.localDir;
		if (local == null || !Files.isDirectory(local)) {
			return List.of();
		}
		return list(local, "data_").stream().filter((file) -> file.toString().endsWith(".s4db")).toList();
	}

	/** The files of a folder whose path below {@code root} begins so, by name. */
	private static List<Path> list(Path root, String prefix) {
		Path folder = root.resolve(prefix + "x").getParent();
		List<Path> files = new ArrayList<>();
		try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, Files::isRegularFile)) {
			stream.forEach(files::add);
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		files.removeIf((file) -> !root.relativize(file).toString().startsWith(prefix));
		files.sort(null);
		return files;
	}

	private static byte[] read(Path file) {
		try {
			return Files.readAllBytes(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static byte[] read(Path file, ReferenceIndex.Location location) {
		byte[] bytes = read(file);
		int from = (int) Math.min(location.offset(), bytes.length);
		return Arrays.copyOfRange(bytes, from, (int) Math.min(location.offset() + location.length(), bytes.length));
	}

	/** Replaces a file as an object store replaces an object: nobody sees half of it. */
	private static void replace(Path file, byte[] bytes) {
		try {
			Files.createDirectories(file.getParent());
			Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
			Files.write(temporary, bytes);
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void append(Path file, byte[] bytes) {
		try {
			Files.write(file, bytes, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void copy(Path from, Path to) {
		replace(to, read(from));
	}

	private static void delete(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static long size(Path file) {
		try {
			return Files.size(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** A value of null is a tombstone. */
	private record Write(String key, @Nullable String value) {
	}

}
