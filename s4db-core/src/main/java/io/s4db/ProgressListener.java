package io.s4db;

/**
 * Is told how far long work has come. Called from the threads that do the work, one call
 * at a time, with numbers that do not fall; must be quick.
 */
@FunctionalInterface
public interface ProgressListener {

	/** Listens to nothing. */
	ProgressListener NONE = (done, total) -> {
	};

	/**
	 * Some work was done.
	 * @param doneBytes bytes handled so far
	 * @param totalBytes bytes to handle in all, as far as known
	 */
	void onProgress(long doneBytes, long totalBytes);

}
