package io.s4db.simulation;

import java.util.Random;

/**
 * What befalls a run's place, directories and time, besides requests that fail and
 * processes that end. Drawn and decided apart from everything else, so that runs without
 * it are what they were.
 *
 * @param months whether months pass between two steps, and within them where processes
 * sleep
 * @param copies whether local directories are copied, and both are used
 * @param guests whether readers use the directories of writers, on one host
 * @param recreated whether the bucket is emptied and written anew
 * @param restored whether an older state of the bucket is put back
 */
record Upheavals(boolean months, boolean copies, boolean guests, boolean recreated, boolean restored) {

	/** Nothing of it. */
	static Upheavals none() {
		return new Upheavals(false, false, false, false, false);
	}

	/** What a run has, as its seed decides: one kind at least. */
	static Upheavals draw(long seed) {
		Random random = new Random(seed ^ 0x3C6EF372FE94F82BL);
		int kind = random.nextInt(5);
		boolean another = kind == 3 || kind == 4;
		return new Upheavals(kind == 0 || random.nextInt(3) == 0, kind == 1 || (random.nextInt(4) == 0 && !another),
				kind == 2 || random.nextInt(4) == 0, kind == 3, kind == 4);
	}

	/** Whether the bucket gets another history. */
	boolean anotherHistory() {
		return this.recreated || this.restored;
	}

	boolean any() {
		return !equals(none());
	}

}
