package io.s4db.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a hand must find of its keys: what is certainly committed, what was acknowledged
 * after that, and the one operation that was under way when its process ended.
 */
final class HandHistory {

	private final long seed;

	private final int hand;

	/** Committed for certain. */
	private final Map<String, String> committed = new HashMap<>();

	/** Acknowledged after that, in order. */
	private final Deque<Long> acknowledged = new ArrayDeque<>();

	/** All operations that took effect, in order. */
	private final List<Long> effective = new ArrayList<>();

	private volatile long committedUpTo;

	/** Began and was not acknowledged; 0 for none. */
	private long underWay;

	private long next = 1;

	HandHistory(long seed, int hand) {
		this.seed = seed;
		this.hand = hand;
	}

	/** The number of the next operation of a process that begins now. */
	long next() {
		return this.next;
	}

	/** An operation returned. */
	Operation acknowledged(long number) {
		if (number != this.next) {
			throw new AssertionError("Operation " + number + " was acknowledged instead of " + this.next);
		}
		this.acknowledged.add(number);
		this.effective.add(number);
		this.next++;
		committed(this.committedUpTo);
		return Operation.of(this.seed, this.hand, number);
	}

	/** Everything up to that operation is committed. */
	void committed(long number) {
		this.committedUpTo = Math.max(this.committedUpTo, number);
		while (!this.acknowledged.isEmpty() && this.acknowledged.peekFirst() <= number) {
			apply(this.acknowledged.removeFirst(), this.committed);
		}
	}

	/**
	 * Everything up to this operation is committed, as far as is known. For any thread.
	 */
	long committedUpTo() {
		return this.committedUpTo;
	}

	/**
	 * The states that its keys went through, as long as no directory was lost: each is
	 * that after an operation.
	 */
	List<Long> effective() {
		return this.effective;
	}

	/** Its keys of all that was found. */
	Map<String, String> own(Map<String, String> view) {
		Map<String, String> own = new HashMap<>(view);
		own.keySet().removeIf((key) -> !key.startsWith(Operation.prefix(this.hand)));
		return own;
	}

	/** What an operation makes of a state. */
	void apply(long number, Map<String, String> state) {
		Operation.of(this.seed, this.hand, number).applyTo(state);
	}

	/** The process ended in the middle of its next operation, or before it. */
	void killed() {
		this.underWay = this.next;
		this.next++;
	}

	/**
	 * What was found after the process ended decides about the operation under way.
	 * @param lost whether its directory was lost, so that only what was committed must be
	 * there, and nothing of what came after an operation that is not
	 */
	void found(Map<String, String> view, boolean lost) {
		Map<String, String> own = own(view);
		Map<String, String> state = new HashMap<>(this.committed);
		Deque<Long> applied = new ArrayDeque<>();
		boolean right = lost && state.equals(own);
		for (long number : this.acknowledged) {
			if (right) {
				break;
			}
			apply(number, state);
			applied.add(number);
			right = lost && state.equals(own);
		}
		Map<String, String> whole = new HashMap<>(state);
		right |= state.equals(own);
		if (!right && this.underWay > 0) {
			apply(this.underWay, state);
			applied.add(this.underWay);
			this.effective.add(this.underWay);
			right = state.equals(own);
		}
		if (!right) {
			throw new AssertionError("Hand " + this.hand + (lost ? ", directory lost," : "") + " acknowledged up to "
					+ this.acknowledged.peekLast() + ", under way " + this.underWay + ":" + differences(whole, own));
		}
		this.underWay = 0;
		this.acknowledged.clear();
		if (lost) {
			this.committed.clear();
			this.committed.putAll(own);
		}
		else {
			this.acknowledged.addAll(applied);
		}
	}

	/** What was found differs in. */
	static String differences(Map<String, String> expected, Map<String, String> found) {
		TreeSet<String> keys = new TreeSet<>(expected.keySet());
		keys.addAll(found.keySet());
		StringBuilder text = new StringBuilder();
		for (String key : keys) {
			String wanted = expected.get(key);
			if (wanted == null || !wanted.equals(found.get(key))) {
				text.append("\n  ").append(key).append(" is ").append(found.get(key)).append(", not ").append(wanted);
			}
		}
		return text.toString();
	}

}
