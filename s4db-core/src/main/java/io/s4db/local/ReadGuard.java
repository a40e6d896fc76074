package io.s4db.local;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Knows whether reads are under way, so that what they read can be taken away once there
 * are none. Readers never wait: they count themselves in and out on one of several
 * counters, chosen by thread, so that they do not contend. Whoever takes away waits.
 */
public final class ReadGuard {

	private static final int STRIPES = 16;

	/** Counters stand a cache line apart. */
	private static final int STRIDE = 16;

	private final AtomicLongArray readers = new AtomicLongArray((STRIPES + 1) * STRIDE);

	private static int stripe() {
		int hash = (int) Thread.currentThread().getId() * 0x9E3779B9;
		return ((hash >>> 28) + 1) * STRIDE;
	}

	/**
	 * Begins a read.
	 * @return what {@link #exit(int)} wants
	 */
	public int enter() {
		int stripe = stripe();
		this.readers.getAndIncrement(stripe);
		return stripe;
	}

	/** Ends a read. */
	public void exit(int stripe) {
		this.readers.getAndDecrement(stripe);
	}

	/**
	 * Waits until every read that began before has ended. Reads that begin meanwhile may
	 * prolong the wait, each of them briefly.
	 */
	public void awaitQuiet() {
		awaitQuiet(Long.MAX_VALUE);
	}

	/**
	 * As {@link #awaitQuiet()}, for a time at most.
	 * @return whether every read that began before has ended
	 */
	@SuppressWarnings("ThreadPriorityCheck") // a read that is under way may need this
												// core
	boolean awaitQuiet(long nanos) {
		long started = System.nanoTime();
		for (int i = 1; i <= STRIPES; i++) {
			while (this.readers.get(i * STRIDE) != 0) {
				if (System.nanoTime() - started > nanos) {
					return false;
				}
				Thread.onSpinWait();
				Thread.yield();
			}
		}
		return true;
	}

}
