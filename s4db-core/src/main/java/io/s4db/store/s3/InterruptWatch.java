package io.s4db.store.s3;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends reads of threads that are interrupted while they wait for bytes of an answer,
 * which they do not notice themselves. Looks ten times a second while anything is read;
 * the thread ends when nothing is, and hinders no process from ending.
 */
final class InterruptWatch {

	private static final int INTERVAL_MILLIS = 100;

	private final Set<S3Stream> streams = ConcurrentHashMap.newKeySet();

	/** Guarded by this. */
	private boolean running;

	/** Watches a stream until it is removed. */
	void add(S3Stream stream) {
		this.streams.add(stream);
		synchronized (this) {
			if (!this.running) {
				Thread thread = new Thread(this::run, "s4db-interrupts");
				thread.setDaemon(true);
				try {
					thread.start();
					this.running = true;
				}
				catch (OutOfMemoryError ex) {
					// no more threads are to be had: interrupts are noticed later
				}
			}
		}
	}

	void remove(S3Stream stream) {
		this.streams.remove(stream);
	}

	private void run() {
		while (!isIdle()) {
			this.streams.forEach(S3Stream::abortIfInterrupted);
			try {
				Thread.sleep(INTERVAL_MILLIS);
			}
			catch (InterruptedException ex) {
				// nobody does
			}
		}
	}

	private synchronized boolean isIdle() {
		this.running = !this.streams.isEmpty();
		return !this.running;
	}

}
