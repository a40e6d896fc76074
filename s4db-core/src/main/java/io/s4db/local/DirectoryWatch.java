package io.s4db.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

import org.jspecify.annotations.Nullable;

/**
 * Notices at little cost that names in a directory may have changed, by whomever: by the
 * directory's time of modification, looked at every 10 ms at most. For one thread at a
 * time.
 */
final class DirectoryWatch {

	/** Looked at more often, it would cost writes that go on without pause. */
	private static final long INTERVAL = 10_000_000;

	/** The more for each file that is looked for then. */
	private static final long INTERVAL_PER_FILE = 20_000;

	/** Times of modification are coarse: two changes within this may have the same. */
	private static final long COARSE = 100_000_000;

	private final Path directory;

	private @Nullable FileTime modified;

	private long looked;

	private long changed;

	private boolean settled;

	DirectoryWatch(Path directory) {
		this.directory = directory;
		this.looked = System.nanoTime() - INTERVAL;
	}

	/** The next look is due at once: what was found missing is so still. */
	void again() {
		this.looked = System.nanoTime() - Long.MAX_VALUE / 2;
		this.modified = null;
	}

	/**
	 * Whether names may have changed since this was last asked.
	 * @param files how many files will be looked for if they have
	 */
	boolean mayHaveChanged(int files) {
		long now = System.nanoTime();
		if (now - this.looked < INTERVAL + files * INTERVAL_PER_FILE) {
			return false;
		}
		this.looked = now;
		FileTime time = time();
		if (time == null || !time.equals(this.modified)) {
			this.modified = time;
			this.changed = now;
			this.settled = false;
			return true;
		}
		if (this.settled) {
			return false;
		}
		this.settled = now - this.changed > COARSE;
		return true;
	}

	/** Null if it cannot be told, since the directory is gone for instance. */
	private @Nullable FileTime time() {
		try {
			return Files.getLastModifiedTime(this.directory);
		}
		catch (IOException ex) {
			return null;
		}
	}

}
