package io.s4db.engine.state;

import io.s4db.local.ReadGuard;

/**
 * Counts lookups that need several keys' locations as of one moment, so that who is about
 * to change what they look at waits for those under way, and not for the others, however
 * many begin meanwhile.
 *
 * <p>
 * There are two sets. Lookups begin in the present one; whoever waits makes the other one
 * the present one, so that the set which it waits for empties. A lookup that learnt which
 * set is present, and counted itself in only after that had changed, is in the other set:
 * so both are waited for, one after the other.
 */
public final class Lookups {

	/** The counters' numbers in a set are even. */
	private static final int SECOND = 1;

	private final ReadGuard first = new ReadGuard();

	private final ReadGuard second = new ReadGuard();

	private volatile boolean inSecond;

	/**
	 * Begins a lookup.
	 * @return what {@link #exit(int)} wants
	 */
	public int enter() {
		return this.inSecond ? this.second.enter() | SECOND : this.first.enter();
	}

	/** Ends a lookup. */
	public void exit(int entered) {
		if ((entered & SECOND) != 0) {
			this.second.exit(entered - SECOND);
		}
		else {
			this.first.exit(entered);
		}
	}

	/**
	 * Waits until every lookup that began before has ended. One thread at a time: with
	 * the structure lock held for writing.
	 */
	public void awaitQuiet() {
		boolean before = this.inSecond;
		set(!before).awaitQuiet();
		this.inSecond = !before;
		set(before).awaitQuiet();
	}

	private ReadGuard set(boolean ofSecond) {
		return ofSecond ? this.second : this.first;
	}

}
