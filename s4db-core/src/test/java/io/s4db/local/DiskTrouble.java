package io.s4db.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Lets steps on local files go wrong.
 */
public final class DiskTrouble implements AutoCloseable {

	private DiskTrouble() {
	}

	/**
	 * Hears of a step before it is made.
	 */
	@FunctionalInterface
	public interface Listener {

		/**
		 * A step is about to be made.
		 * @param directory where the file is
		 * @param step what it is, in words
		 * @throws IOException if it is to fail
		 */
		void before(Path directory, String step) throws IOException;

	}

	/** Listens to every step in any directory, until it is closed. One at a time. */
	public static DiskTrouble listen(Listener listener) {
		DiskSteps.listen((step, file, target) -> listener.before(Objects.requireNonNull(file.getParent()),
				step + " " + file.getFileName().toString()));
		return new DiskTrouble();
	}

	@Override
	public void close() {
		DiskSteps.listen(null);
	}

}
