package io.s4db.engine.state;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Data files that an iteration of this process still reads: they are not deleted.
 */
public final class Pins {

	private final Map<Long, Integer> counts = new ConcurrentHashMap<>();

	public void pin(Collection<Long> numbers) {
		numbers.forEach((number) -> this.counts.merge(number, 1, Integer::sum));
	}

	public void unpin(Collection<Long> numbers) {
		numbers
			.forEach((number) -> this.counts.computeIfPresent(number, (key, count) -> (count == 1) ? null : count - 1));
	}

	public boolean isPinned(long number) {
		return this.counts.containsKey(number);
	}

}
