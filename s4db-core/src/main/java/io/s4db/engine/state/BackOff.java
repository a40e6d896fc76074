package io.s4db.engine.state;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.s4db.S4DBException;

/**
 * The pause between two tries of a write that lost a race: longer each time, and not as
 * long as others that wait as well.
 */
public final class BackOff {

	/** How many lost races in a row a write bears. */
	public static final int RACES = 12;

	private final Database database;

	public BackOff(Database database) {
		this.database = database;
	}

	/**
	 * Waits a little.
	 * @param attempt how many tries there were
	 */
	public void await(int attempt) {
		if (this.database.options.executor() != null) {
			return;
		}
		long bound = Math.min(1000, 5L << attempt);
		long jitter = Math.floorMod(this.database.newId().getLeastSignificantBits(), bound);
		ReentrantLock lock = new ReentrantLock();
		Condition never = lock.newCondition();
		lock.lock();
		try {
			long nanos = TimeUnit.MILLISECONDS.toNanos(bound / 2 + jitter / 2);
			while (nanos > 0) {
				nanos = never.awaitNanos(nanos);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new S4DBException("Interrupted while committing; what was pending still is", ex);
		}
		finally {
			lock.unlock();
		}
	}

}
