package io.s4db.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts that were given up by their senders and are still under way to one bucket.
 */
final class LateEffects {

	/** A put; {@code due} is how many more calls it stays away. */
	private record Late(int due, Runnable effect) {
	}

	private List<Late> late = new ArrayList<>();

	private int applied;

	void add(int due, Runnable effect) {
		this.late.add(new Late(due, effect));
	}

	/** A call went by: what is due by now has its effect. */
	void pass() {
		List<Late> present = this.late;
		if (present.isEmpty()) {
			return;
		}
		this.late = new ArrayList<>();
		for (Late one : present) {
			if (one.due() <= 0) {
				apply(one);
			}
			else {
				this.late.add(new Late(one.due() - 1, one.effect()));
			}
		}
	}

	/** Everything under way arrives. */
	void arrive() {
		List<Late> present = this.late;
		this.late = new ArrayList<>();
		present.forEach(this::apply);
	}

	private void apply(Late one) {
		this.applied++;
		try {
			one.effect().run();
		}
		catch (RuntimeException ex) {
			// Its condition does not hold any more: nobody hears of it.
		}
	}

	int applied() {
		return this.applied;
	}

}
