package io.s4db.engine.state;

/**
 * A thread at work for a database, which can be interrupted for as long as it is: what
 * the thread does afterwards is not ours to disturb.
 */
final class Work {

	private final Thread thread = Thread.currentThread();

	/** Guarded by this, as what follows. */
	private boolean ended;

	private boolean interrupted;

	Thread thread() {
		return this.thread;
	}

	synchronized void interrupt() {
		if (!this.ended) {
			this.interrupted = true;
			this.thread.interrupt();
		}
	}

	synchronized boolean wasInterrupted() {
		return this.interrupted;
	}

	/** The work is done; by its own thread. */
	synchronized void end() {
		this.ended = true;
		if (this.interrupted) {
			Thread.interrupted();
		}
	}

}
