package io.s4db.history;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * What several clients did to single keys, with the times. Thread-safe.
 */
final class History {

	private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();

	private final long begin = System.nanoTime();

	private long now() {
		return System.nanoTime() - this.begin;
	}

	/** Reads; an operation that throws is not recorded, since it says nothing. */
	@Nullable String read(String client, String key, Supplier<@Nullable String> operation) {
		long start = now();
		String result = operation.get();
		this.events.add(new Event(client, Event.Kind.READ, key, null, null, result, true, start, now()));
		return result;
	}

	/** Writes; null to delete whatever is there. */
	void put(String client, String key, @Nullable String value, Runnable operation) {
		long start = now();
		operation.run();
		this.events.add(new Event(client, Event.Kind.PUT, key, value, null, null, true, start, now()));
	}

	/** Deletes, if there is something to delete. */
	void delete(String client, String key, BooleanSupplier operation) {
		record(client, Event.Kind.DELETE, key, null, null, operation);
	}

	/** Writes, if there is nothing. */
	void putIfAbsent(String client, String key, String value, BooleanSupplier operation) {
		record(client, Event.Kind.PUT_IF_ABSENT, key, value, null, operation);
	}

	/** Writes, if there is that value. */
	void replace(String client, String key, String expected, String value, BooleanSupplier operation) {
		record(client, Event.Kind.REPLACE, key, value, expected, operation);
	}

	private void record(String client, Event.Kind kind, String key, @Nullable String argument,
			@Nullable String expected, BooleanSupplier operation) {
		long start = now();
		boolean done = operation.getAsBoolean();
		this.events.add(new Event(client, kind, key, argument, expected, null, done, start, now()));
	}

	/** How many operations there were. */
	int size() {
		return this.events.size();
	}

	/** Each key's operations must have an order. */
	void check() {
		Map<String, List<Event>> keys = this.events.stream().collect(Collectors.groupingBy(Event::key));
		keys.forEach((key, all) -> {
			String problem = Linearizability.problem(all);
			if (problem != null) {
				throw new AssertionError("Key " + key + ": " + problem);
			}
		});
	}

}
