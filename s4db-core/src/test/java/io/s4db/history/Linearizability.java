package io.s4db.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Searches for an order of the operations on one key in which each could have given what
 * it gave, and in which none comes before one that had ended when it began (Wing and
 * Gong's search, which remembers the situations that led nowhere).
 */
final class Linearizability {

	/**
	 * Begins and ends of operations, in the order of time; what was placed is taken out.
	 */
	private final Node head = new Node(null, false);

	private final Set<Situation> seen = new HashSet<>();

	private final BitSet placed = new BitSet();

	private final Deque<Step> steps = new ArrayDeque<>();

	private final int count;

	private int most;

	private List<Event> best = List.of();

	private @Nullable String value;

	private Linearizability(List<Event> events) {
		this.count = events.size();
		List<Node> nodes = new ArrayList<>();
		for (int i = 0; i < events.size(); i++) {
			Node call = new Node(events.get(i), true);
			Node end = new Node(events.get(i), false);
			call.index = i;
			call.other = end;
			end.other = call;
			nodes.add(call);
			nodes.add(end);
		}
		nodes.sort(Comparator.comparingLong(Node::time).thenComparing((node) -> !node.call));
		Node last = this.head;
		for (Node node : nodes) {
			last.next = node;
			node.previous = last;
			last = node;
		}
	}

	/** The begin or the end of an operation. */
	private static final class Node {

		private final @Nullable Event event;

		private final boolean call;

		private int index;

		private @Nullable Node other;

		private @Nullable Node previous;

		private @Nullable Node next;

		Node(@Nullable Event event, boolean call) {
			this.event = event;
			this.call = call;
		}

		private long time() {
			return this.call ? this.event.start() : this.event.end();
		}

		/** Takes it out; it remembers where it was. */
		private void out() {
			this.previous.next = this.next;
			if (this.next != null) {
				this.next.previous = this.previous;
			}
		}

		private void in() {
			this.previous.next = this;
			if (this.next != null) {
				this.next.previous = this;
			}
		}

	}

	private record Step(Node call, @Nullable String before) {
	}

	private record Situation(BitSet placed, @Nullable String value) {
	}

	/**
	 * Why there is no such order.
	 * @param events the operations on one key that had no value before
	 * @return null if there is one
	 */
	static @Nullable String problem(List<Event> events) {
		Linearizability search = new Linearizability(events);
		return search.search() ? null : search.describe(events);
	}

	private boolean search() {
		Node node = this.head.next;
		while (this.placed.cardinality() < this.count) {
			if (node != null && node.call) {
				node = place(node) ? this.head.next : node.next;
			}
			else if (this.steps.isEmpty()) {
				return false;
			}
			else {
				// Something ended that was not placed: the last step was wrong.
				Step step = this.steps.pop();
				this.placed.clear(step.call().index);
				this.value = step.before();
				step.call().other.in();
				step.call().in();
				node = step.call().next;
			}
		}
		return true;
	}

	private boolean place(Node node) {
		if (!node.event.fits(this.value)) {
			return false;
		}
		String after = node.event.after(this.value);
		this.placed.set(node.index);
		if (!this.seen.add(new Situation((BitSet) this.placed.clone(), after))) {
			this.placed.clear(node.index);
			return false;
		}
		this.steps.push(new Step(node, this.value));
		this.value = after;
		node.out();
		node.other.out();
		if (this.steps.size() > this.most) {
			this.most = this.steps.size();
			this.best = this.steps.stream().map((step) -> step.call().event).toList();
		}
		return true;
	}

	private String describe(List<Event> events) {
		List<Event> left = events.stream()
			.filter((event) -> !this.best.contains(event))
			.sorted(Comparator.comparingLong(Event::start))
			.limit(12)
			.toList();
		return "no order of " + this.count + " operations explains what they gave; " + this.most
				+ " can be placed, the last of them\n  " + lines(this.best.stream().limit(12).toList())
				+ "\nbut then not\n  " + lines(left);
	}

	private static String lines(List<Event> events) {
		return events.stream().map(String::valueOf).collect(Collectors.joining("\n  "));
	}

}
