package io.s4db.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;

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
		 * @param number which round it is; negative for those that warm up
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

	/**
	 * Runs rounds that do not count, at least so many and for at least so long as the
	 * settings say, since short ones are over before what they run is compiled; then
	 * those that count.
	 */
	Contest run() throws Exception {
		return run(this.settings.warmupSeconds());
	}

	/** As {@link #run()}, with another time to warm up for. */
	Contest run(int warmupSeconds) throws Exception {
		Random random = new Random(this.settings.seed());
		List<String> order = new ArrayList<>(this.sides.keySet());
		order.forEach((name) -> this.results.put(name, new Samples()));
		long warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(warmupSeconds);
		int warmups = 0;
		while (warmups < this.settings.warmups() || System.nanoTime() < warm) {
			warmups++;
			round(-warmups, order, random);
		}
		for (int i = 0; i < this.settings.rounds(); i++) {
			round(i, order, random);
		}
		return this;
	}

	private void round(int number, List<String> order, Random random) throws Exception {
		Collections.shuffle(order, random);
		for (String name : order) {
			double nanos = Objects.requireNonNull(this.sides.get(name)).nanos(number);
			if (number >= 0) {
				samples(name).add(nanos);
			}
		}
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
