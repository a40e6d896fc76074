package io.s4db.local;

import java.io.IOException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Names each step in which local files change, before it is made, so that tests can end
 * the process at any of them, let it fail, and know what a power cut would leave. Nobody
 * listens outside tests.
 */
final class DiskSteps {

	private static volatile @Nullable Listener listener;

	private DiskSteps() {
	}

	/** What is about to happen. */
	enum Step {

		/** An empty file is made. */
		CREATE,

		/** A file's content or length changes; not on disk for certain. */
		WRITE,

		/** What a file contains is forced to disk. */
		FORCE,

		/** A file gets another name, maybe another file's. */
		RENAME,

		/** A file is deleted. */
		DELETE,

		/** The names in the file's directory are forced to disk. */
		FORCE_NAMES

	}

	/**
	 * Hears of each step.
	 */
	interface Listener {

		/**
		 * A step is about to be made.
		 * @param file the file
		 * @param target what it is renamed to; else null
		 * @throws IOException if it is to fail
		 */
		void before(Step step, Path file, @Nullable Path target) throws IOException;

	}

	static void listen(@Nullable Listener heard) {
		listener = heard;
	}

	static void next(Step step, Path file) throws IOException {
		next(step, file, null);
	}

	static void next(Step step, Path file, @Nullable Path target) throws IOException {
		Listener present = listener;
		if (present != null) {
			present.before(step, file, target);
		}
	}

}
