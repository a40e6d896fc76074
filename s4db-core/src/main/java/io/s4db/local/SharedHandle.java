package io.s4db.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;

import org.jspecify.annotations.Nullable;

/**
 * The handle by which a file is written: open while somebody uses it, so that a file that
 * only waits needs none. No channel, which an interrupt would close.
 */
final class SharedHandle {

	private final LocalFile file;

	private @Nullable RandomAccessFile access;

	private int users;

	SharedHandle(LocalFile file) {
		this.file = file;
	}

	/**
	 * Begins to use it.
	 * @throws java.nio.file.NoSuchFileException if the file is gone
	 * @throws CutShortException if it is shorter than it was
	 */
	synchronized RandomAccessFile acquire() throws IOException {
		RandomAccessFile open = this.access;
		if (open == null) {
			// Opening makes a file that is not there.
			if (Files.size(this.file.path()) < this.file.length()) {
				throw new CutShortException(this.file.path() + " was cut short by another program");
			}
			open = new RandomAccessFile(this.file.path().toFile(), "rw");
			this.access = open;
		}
		this.users++;
		return open;
	}

	/** Ends to use it. */
	synchronized void release() {
		this.users--;
		if (this.users == 0) {
			close();
		}
	}

	/** Another file has its name now: whoever uses it goes on with that one. */
	synchronized @Nullable RandomAccessFile reopen() throws IOException {
		if (this.users > 0) {
			RandomAccessFile opened = new RandomAccessFile(this.file.path().toFile(), "rw");
			close();
			this.access = opened;
		}
		return this.access;
	}

	private void close() {
		RandomAccessFile open = this.access;
		this.access = null;
		if (open != null) {
			try {
				open.close();
			}
			catch (IOException ex) {
				// Everything was written; there is nothing to lose.
			}
		}
	}

}
