package io.s4db.simulation;

import java.util.List;

/**
 * What many runs did.
 */
final class SimulationCounts {

	private long runs;

	private long operations;

	private long crashes;

	private long failures;

	private long losses;

	private long late;

	private long strokes;

	private long entries;

	private long months;

	private long copies;

	private long visits;

	private long renewals;

	private long refusals;

	private long returned;

	void operation() {
		this.operations++;
	}

	void crash() {
		this.crashes++;
	}

	void failure() {
		this.failures++;
	}

	void stroke() {
		this.strokes++;
	}

	void months() {
		this.months++;
	}

	void copy() {
		this.copies++;
	}

	void visit() {
		this.visits++;
	}

	void renewal() {
		this.renewals++;
	}

	void refusal() {
		this.refusals++;
	}

	void returned() {
		this.returned++;
	}

	void loss() {
		this.losses++;
	}

	void finished(List<WriterHistory> histories, int lateEffects) {
		this.runs++;
		this.late += lateEffects;
		histories.forEach((history) -> this.entries += history.entries());
	}

	@Override
	public String toString() {
		return this.runs + " runs, " + this.operations + " operations, " + this.crashes + " crashes, " + this.failures
				+ " operations failed by the store, " + this.strokes + " errors, bugs and interrupts gone on after, "
				+ this.late + " late effects, " + this.losses + " directories lost, " + this.copies + " copied, "
				+ this.visits + " visited by readers, " + this.months + " times months passed, " + this.renewals
				+ " buckets with another history, " + this.refusals + " directories refused there, " + this.returned
				+ " put back to their own, " + this.entries + " entries acknowledged, 0 lost";
	}

}
