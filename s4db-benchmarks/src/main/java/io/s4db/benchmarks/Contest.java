package io.s4db.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Several sides do the same work in turns: each round all of them, in an order drawn
 * anew, so that whatever else the machine does meets all alike.
 */
final class Contest {

	private final Map<String, Round> sides = new LinkedHashMap<>();

	private final Map<String, Samples> results = new LinkedHashMap<>();

	private final Settings settings;

	/** One round of one side. */
	@FunctionalInterface
	interface Round {

		/**
		 * Does the work.
		 * @param number which round it is, warm-ups included
		 * @return nanoseconds that it took, for one operation or all, as the row wants it
		 */
		double nanos(int number) throws Exception;

	}

	Contest(Settings settings) {
		this.settings = settings;
	}

	Contest side(String name, Round round) {
		this.sides.put(name, round);
		return this;
	}

	Contest run() throws Exception {
		return run(this.settings.warmups(), this.settings.rounds());
	}

	Contest run(int warmups, int rounds) throws Exception {
		Random random = new Random(this.settings.seed());
		List<String> order = new ArrayList<>(this.sides.keySet());
		order.forEach((name) -> this.results.put(name, new Samples()));
		for (int i = 0; i < warmups + rounds; i++) {
			Collections.shuffle(order, random);
			for (String name : order) {
				double nanos = Objects.requireNonNull(this.sides.get(name)).nanos(i);
				if (i >= warmups) {
					samples(name).add(nanos);
				}
			}
		}
		return this;
	}

	Samples samples(String side) {
		return Objects.requireNonNull(this.results.get(side), side);
	}

	double median(String side) {
		return samples(side).median();
	}

	/** How many times as long the other side takes as this one, at the medians. */
	double ratio(String side, String other) {
		return median(other) / median(side);
	}

	/**
	 * A table with all sides; ratios are how many times as long each takes as the first.
	 */
	void report(Report report, String what, boolean rates) {
		String first = this.results.keySet().iterator().next();
		report.table(what, "median", rates ? "rate" : "", "min – max", "× " + first);
		this.results.forEach(
				(name, samples) -> report.row(name, samples.medianText(), rates ? Samples.rateText(samples.rate()) : "",
						samples.spreadText(), Samples.digits(samples.median() / median(first))));
	}

}
