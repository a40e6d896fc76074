package io.s4db.format;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * An immutable set of file numbers, kept as ranges so that it stays short:
 * {@code "1-512,600"}.
 */
public final class NumberRanges {

	/** The empty set. */
	public static final NumberRanges EMPTY = new NumberRanges(List.of());

	/**
	 * Numbers without a gap.
	 *
	 * @param first the lowest
	 * @param last the highest
	 */
	public record Range(long first, long last) {
	}

	private final List<Range> ranges;

	private NumberRanges(List<Range> ranges) {
		this.ranges = List.copyOf(ranges);
	}

	/** These numbers, in any order. */
	public static NumberRanges of(Collection<Long> numbers) {
		List<Range> ranges = new ArrayList<>();
		for (long number : new TreeSet<>(numbers)) {
			Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
			if (last != null && last.last() + 1 == number) {
				ranges.set(ranges.size() - 1, new Range(last.first(), number));
			}
			else {
				ranges.add(new Range(number, number));
			}
		}
		return new NumberRanges(ranges);
	}

	/** The numbers from first to last; none if last is lower. */
	public static NumberRanges range(long first, long last) {
		return (last < first) ? EMPTY : new NumberRanges(List.of(new Range(first, last)));
	}

	/**
	 * What {@link #toString()} gave.
	 * @throws IllegalArgumentException if it is no such text
	 */
	public static NumberRanges parse(String text) {
		List<Range> ranges = new ArrayList<>();
		long previous = -1;
		for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
			int dash = part.indexOf('-');
			Range range = (dash < 0) ? new Range(Long.parseLong(part), Long.parseLong(part))
					: new Range(Long.parseLong(part.substring(0, dash)), Long.parseLong(part.substring(dash + 1)));
			if (range.first() <= previous || range.last() < range.first()
					|| range.last() > StoreLayout.MAX_FILE_NUMBER) {
				throw new IllegalArgumentException("Not a rising list of ranges: " + text);
			}
			previous = range.last();
			ranges.add(range);
		}
		return new NumberRanges(ranges);
	}

	/** These and those. */
	public NumberRanges plus(NumberRanges others) {
		if (others.isEmpty()) {
			return this;
		}
		List<Range> all = new ArrayList<>(this.ranges);
		all.addAll(others.ranges);
		all.sort((a, b) -> Long.compare(a.first(), b.first()));
		List<Range> merged = new ArrayList<>();
		for (Range range : all) {
			Range last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
			if (last != null && range.first() <= last.last() + 1) {
				merged.set(merged.size() - 1, new Range(last.first(), Math.max(last.last(), range.last())));
			}
			else {
				merged.add(range);
			}
		}
		return new NumberRanges(merged);
	}

	/** These without those. */
	public NumberRanges minus(NumberRanges others) {
		if (others.isEmpty() || isEmpty()) {
			return this;
		}
		List<Range> left = new ArrayList<>();
		int at = 0;
		for (Range range : this.ranges) {
			// Both rise: what ends before this range cuts nothing that follows.
			while (at < others.ranges.size() && others.ranges.get(at).last() < range.first()) {
				at++;
			}
			long first = range.first();
			for (int i = at; i < others.ranges.size() && others.ranges.get(i).first() <= range.last(); i++) {
				Range cut = others.ranges.get(i);
				if (first < cut.first()) {
					left.add(new Range(first, cut.first() - 1));
				}
				first = cut.last() + 1;
			}
			if (first <= range.last()) {
				left.add(new Range(first, range.last()));
			}
		}
		return new NumberRanges(left);
	}

	/** Whether a number is among these. */
	public boolean contains(long number) {
		int low = 0;
		int high = this.ranges.size() - 1;
		while (low <= high) {
			int middle = (low + high) >>> 1;
			Range range = this.ranges.get(middle);
			if (number < range.first()) {
				high = middle - 1;
			}
			else if (number > range.last()) {
				low = middle + 1;
			}
			else {
				return true;
			}
		}
		return false;
	}

	/** Whether there is none. */
	public boolean isEmpty() {
		return this.ranges.isEmpty();
	}

	/** How many there are. */
	public long count() {
		return this.ranges.stream().mapToLong((range) -> range.last() - range.first() + 1).sum();
	}

	/** The lowest. */
	public long first() {
		return this.ranges.get(0).first();
	}

	/** The highest. */
	public long last() {
		return this.ranges.get(this.ranges.size() - 1).last();
	}

	/** Each number, rising. */
	public void forEach(LongConsumer consumer) {
		for (Range range : this.ranges) {
			for (long number = range.first(); number <= range.last(); number++) {
				consumer.accept(number);
			}
		}
	}

	/** Each number, rising. */
	public List<Long> toList() {
		List<Long> numbers = new ArrayList<>();
		forEach(numbers::add);
		return numbers;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof NumberRanges that && this.ranges.equals(that.ranges);
	}

	@Override
	public int hashCode() {
		return this.ranges.hashCode();
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		for (Range range : this.ranges) {
			text.append((text.length() == 0) ? "" : ",").append(range.first());
			if (range.last() != range.first()) {
				text.append('-').append(range.last());
			}
		}
		return text.toString();
	}

}
