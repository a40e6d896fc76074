package io.s4db.engine.state;

import io.s4db.ProgressListener;

/**
 * Counts bytes that several threads handle, and tells a listener: one call at a time, and
 * never less than before.
 */
public final class Progress {

	private final ProgressListener listener;

	private final long total;

	/** Guarded by this. */
	private long done;

	/**
	 * @param total bytes to handle in all, as far as known
	 */
	public Progress(ProgressListener listener, long total) {
		this.listener = listener;
		this.total = total;
	}

	/** So many bytes more were handled. */
	public synchronized void add(long bytes) {
		this.done += bytes;
		this.listener.onProgress(this.done, this.total);
	}

}
