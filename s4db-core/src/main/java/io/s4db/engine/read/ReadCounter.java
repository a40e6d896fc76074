package io.s4db.engine.read;

import java.util.concurrent.atomic.LongAdder;

import io.s4db.ReadCounts;
import io.s4db.ReadSource;
import io.s4db.S4DBObserver.OperationObservation;

/**
 * Counts values that were read by where they came from: a few nanoseconds each, from any
 * number of threads.
 */
final class ReadCounter {

	private final LongAdder[] counts = new LongAdder[ReadSource.values().length];

	ReadCounter() {
		for (int i = 0; i < this.counts.length; i++) {
			this.counts[i] = new LongAdder();
		}
	}

	void count(ReadSource source, OperationObservation observation) {
		this.counts[source.ordinal()].increment();
		observation.read(source);
	}

	ReadCounts counts() {
		return new ReadCounts(sum(ReadSource.PENDING), sum(ReadSource.LOCAL), sum(ReadSource.CACHE),
				sum(ReadSource.DISK), sum(ReadSource.BUCKET));
	}

	private long sum(ReadSource source) {
		return this.counts[source.ordinal()].sum();
	}

}
