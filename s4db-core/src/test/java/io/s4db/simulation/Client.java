package io.s4db.simulation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import org.jspecify.annotations.Nullable;

/**
 * One process of a simulation: its database while it is open, its directory, and what it
 * must see.
 */
final class Client {

	final String name;

	final boolean reader;

	/** What it wrote since it has its directory; null for a reader. */
	@Nullable WriterHistory history;

	Path directory;

	@Nullable S4DB db;

	FaultyObjectStore store;

	/** In the middle of an operation: only writes may come in between. */
	boolean busy;

	/** It sees a rebuilt index, which is not committed. */
	boolean rebuilt;

	/** It was there before the bucket got another history. */
	boolean survivor;

	/** It opened for exclusive writing. */
	boolean exclusive;

	// What Openings needs to know: moments

	int openingBegan;

	int openingEnded;

	int mayRaiseUntil;

	boolean mayFenceItself;

	int raised;

	/** What is in its directory of what others wrote, and how many of their writes. */
	final Map<WriterHistory, Integer> inherited = new LinkedHashMap<>();

	/** A reader in a writer's directory. */
	boolean guest;

	/** No writes in between either. */
	boolean closing;

	/** The values of shared keys that it saw, in order. */
	private final Map<String, List<String>> shown = new HashMap<>();

	/** How far it saw each writer's writes. */
	private final Map<WriterHistory, Integer> seen = new HashMap<>();

	Client(String name, boolean reader, Path directory, FaultyObjectStore store) {
		this.name = name;
		this.reader = reader;
		this.directory = directory;
		this.store = store;
	}

	/**
	 * A value of a shared key that was replaced by another stays so: each is written
	 * once.
	 */
	void checkNothingComesBack(String key, @Nullable String value) {
		if (value == null || this.rebuilt) {
			return;
		}
		List<String> shown = this.shown.computeIfAbsent(key, (name) -> new ArrayList<>());
		int at = shown.indexOf(value);
		if (at < 0) {
			shown.add(value);
		}
		else if (at < shown.size() - 1) {
			throw new AssertionError(
					this.name + " sees " + key + " = " + brief(value) + " again, after " + brief(shown.get(at + 1)));
		}
	}

	/** What it had pending is lost, and what it saw of that. */
	void forgetShown() {
		this.shown.clear();
	}

	/** It forgets everything, as a new process does, but for what is in its directory. */
	void forget() {
		this.seen.clear();
		this.seen.putAll(this.inherited);
	}

	/** Its directory is gone, with all that was in it. */
	void forgetInherited() {
		this.inherited.clear();
	}

	/** Whether what it wrote may be committed by others, or what others wrote by it. */
	boolean hasCopies() {
		return !this.inherited.isEmpty() || (this.history != null && this.history.isCopied());
	}

	int seen(WriterHistory writer) {
		return this.seen.getOrDefault(writer, 0);
	}

	void saw(WriterHistory writer, int writes) {
		this.seen.merge(writer, writes, Math::max);
	}

	/** Reads everything. */
	Map<String, String> view(IterationMode mode) {
		Map<String, String> view = new HashMap<>();
		try (EntryIterator<String> entries = this.db.iterate(mode)) {
			while (entries.hasNext()) {
				Map.Entry<String, String> entry = entries.next();
				if (view.put(entry.getKey(), entry.getValue()) != null) {
					throw new AssertionError(this.name + " iterates over " + entry.getKey() + " twice");
				}
			}
		}
		return view;
	}

	/**
	 * Checks what it sees of a writer's own keys.
	 * @param from the least number of writes it must see
	 */
	void check(WriterHistory writer, Map<String, String> view, int from) {
		BitSet when = writer.when(view);
		int first = when.nextSetBit(from);
		if (first < 0) {
			throw new AssertionError(this.name + " must see at least " + from + " writes of " + writer
					+ ", but sees a state as after " + when + ": " + differences(writer, view, from));
		}
		if (writer != this.history && !this.rebuilt) {
			saw(writer, first);
			if (!this.inherited.containsKey(writer)) {
				writer.committed(first);
			}
		}
	}

	static String differences(WriterHistory writer, Map<String, String> view, int from) {
		StringBuilder text = new StringBuilder();
		new java.util.TreeSet<>(view.keySet()).stream()
			.filter((key) -> key.startsWith(writer.prefix()) && !writer.wrote(key))
			.forEach((key) -> text.append("\n  ").append(key).append(" was never written"));
		for (String key : writer.keys()) {
			BitSet when = writer.when(key, view.get(key));
			if (when.nextSetBit(from) < 0 || when.cardinality() <= writer.writes()) {
				text.append("\n  ")
					.append(key)
					.append(" = ")
					.append(brief(view.get(key)))
					.append(" was so after ")
					.append(when);
			}
		}
		return text.toString();
	}

	static String brief(@Nullable String value) {
		return (value == null) ? "nothing" : value.substring(0, Math.min(20, value.length()));
	}

}
