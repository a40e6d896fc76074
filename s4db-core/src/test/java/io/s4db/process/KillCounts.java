package io.s4db.process;

/**
 * What killed processes did. What is lost fails the run, so that nothing is.
 */
final class KillCounts {

	private long runs;

	private long kills;

	private long lostDirectories;

	private long operations;

	private long entries;

	void run() {
		this.runs++;
	}

	void kill() {
		this.kills++;
	}

	void lostDirectory() {
		this.lostDirectories++;
	}

	void acknowledged(Operation operation) {
		this.operations++;
		this.entries += operation.writes().size();
	}

	long kills() {
		return this.kills;
	}

	long operations() {
		return this.operations;
	}

	@Override
	public String toString() {
		return this.runs + " runs, " + this.kills + " kills, " + this.lostDirectories + " directories lost, "
				+ this.operations + " operations, " + this.entries + " entries acknowledged, 0 lost";
	}

}
