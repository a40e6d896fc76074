package io.s4db.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import io.s4db.local.DiskSteps.Step;
import org.jspecify.annotations.Nullable;

/**
 * Follows what happens to the files of one directory, step by step, and knows what a
 * power cut would leave: of each file what was forced to disk, under the names that were
 * forced to disk, or under those that it has by now.
 */
public final class DiskProbe implements AutoCloseable {

	/** A file, whatever its name. */
	private static final class Content {

		/** What was forced to disk. */
		private byte[] forced = new byte[0];

	}

	/**
	 * Hears of a step before it is made.
	 */
	@FunctionalInterface
	public interface Listener {

		/**
		 * A step is about to be made.
		 * @param number from 1
		 * @param description what it is
		 * @throws IOException if it is to fail
		 */
		void before(long number, String description) throws IOException;

	}

	private final Path directory;

	private final Map<String, Content> names = new HashMap<>();

	private Map<String, Content> forcedNames = new HashMap<>();

	private long steps;

	private DiskProbe(Path directory) {
		this.directory = directory;
	}

	/** Begins to follow a directory that is not there yet. One at a time. */
	public static DiskProbe follow(Path directory, Listener listener) {
		DiskProbe probe = new DiskProbe(directory);
		DiskSteps.listen((step, file, target) -> {
			if (directory.equals(file.getParent())) {
				listener.before(++probe.steps,
						step + " " + file.getFileName() + ((target != null) ? " to " + target.getFileName() : ""));
				probe.made(step, file.getFileName().toString(), target);
			}
		});
		return probe;
	}

	/** How many steps there were. */
	public long steps() {
		return this.steps;
	}

	private void made(Step step, String name, @Nullable Path target) {
		switch (step) {
			case CREATE -> this.names.put(name, new Content());
			case WRITE -> content(name);
			case FORCE -> content(name).forced = read(name);
			case RENAME -> {
				Content moved = content(name);
				this.names.remove(name);
				this.names.put(java.util.Objects.requireNonNull(target).getFileName().toString(), moved);
			}
			case DELETE -> this.names.remove(name);
			case FORCE_NAMES -> this.forcedNames = new HashMap<>(this.names);
		}
	}

	private Content content(String name) {
		return this.names.computeIfAbsent(name, (key) -> new Content());
	}

	private byte[] read(String name) {
		try {
			return Files.readAllBytes(this.directory.resolve(name));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Makes the directory that a power cut would leave.
	 * @param newNames whether what was renamed, made and deleted since names were forced
	 * to disk is so
	 */
	public void powerCut(Path left, boolean newNames) {
		try {
			Files.createDirectories(left);
			for (Map.Entry<String, Content> entry : (newNames ? this.names : this.forcedNames).entrySet()) {
				Files.write(left.resolve(entry.getKey()), entry.getValue().forced);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		DiskSteps.listen(null);
	}

}
