package io.s4db.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What several rounds measured: nanoseconds, of an operation or of a whole pass.
 */
final class Samples {

	private final List<Double> sorted = new ArrayList<>();

	void add(double nanos) {
		this.sorted.add(nanos);
		Collections.sort(this.sorted);
	}

	void addAll(Samples others) {
		this.sorted.addAll(others.sorted);
		Collections.sort(this.sorted);
	}

	double median() {
		int size = this.sorted.size();
		return (this.sorted.get((size - 1) / 2) + this.sorted.get(size / 2)) / 2;
	}

	double min() {
		return this.sorted.get(0);
	}

	double max() {
		return this.sorted.get(this.sorted.size() - 1);
	}

	/** Operations a second at the median. */
	double rate() {
		return 1e9 / median();
	}

	String medianText() {
		return time(median());
	}

	String spreadText() {
		return time(min()) + " – " + time(max());
	}

	/** The median and the spread. */
	String text() {
		return medianText() + " (" + spreadText() + ")";
	}

	/** A time with three digits that matter and its unit. */
	static String time(double nanos) {
		double value = nanos;
		for (String unit : List.of("ns", "µs", "ms")) {
			if (value < 999.5) {
				return digits(value) + " " + unit;
			}
			value /= 1000;
		}
		return digits(value) + " s";
	}

	/** A number with three digits that matter. */
	static String digits(double value) {
		return String.format(Locale.ROOT, (value < 9.995) ? "%.2f" : (value < 99.95) ? "%.1f" : "%,.0f", value);
	}

	static String rateText(double perSecond) {
		return (perSecond >= 1e6) ? digits(perSecond / 1e6) + " M/s"
				: (perSecond >= 1e4) ? digits(perSecond / 1e3) + " k/s" : digits(perSecond) + "/s";
	}

}
