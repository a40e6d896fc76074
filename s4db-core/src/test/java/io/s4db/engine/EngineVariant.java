package io.s4db.engine;

import java.util.Arrays;
import java.util.List;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.mutation.MutatedEngine;
import io.s4db.mutation.Rule;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * The engine, or one that lacks a rule: for tests that look for what that does.
 */
public final class EngineVariant {

	private static final int LOG_ITEMS = 32;

	private final @Nullable Rule leftOut;

	private final int logItems;

	/** How many writers manifests remember; 0 for as many as ever. */
	private final int writers;

	private EngineVariant(@Nullable Rule leftOut, int logItems) {
		this(leftOut, logItems, 0);
	}

	private EngineVariant(@Nullable Rule leftOut, int logItems, int writers) {
		this.leftOut = leftOut;
		this.logItems = logItems;
		this.writers = writers;
	}

	/** The engine as it is. */
	public static EngineVariant asItIs() {
		return new EngineVariant(null, LOG_ITEMS);
	}

	/** The engine without a rule. */
	public static EngineVariant without(String rule) {
		return new EngineVariant(Rule.valueOf(rule), LOG_ITEMS);
	}

	/** What can be left out. */
	public static List<String> rules() {
		return Arrays.stream(Rule.values()).map(Rule::name).toList();
	}

	/** The same, with another length of the manifest's log from which on it is folded. */
	public EngineVariant foldingFrom(int logItems) {
		return new EngineVariant(this.leftOut, logItems);
	}

	/** The same, with manifests that remember so few writers. */
	public EngineVariant remembering(int writers) {
		return new EngineVariant(this.leftOut, LOG_ITEMS, writers);
	}

	/** From so many items on the log is folded. */
	public int logItems() {
		return this.logItems;
	}

	/** {@link S4DBEngine#open(ObjectStore, S4DBOptions)}. */
	public S4DB open(ObjectStore store, S4DBOptions options) {
		MutatedEngine mutated = mutated();
		return (mutated != null) ? mutated.open(store, options) : S4DBEngine.open(store, options);
	}

	/** {@link S4DBEngine#rebuild(ObjectStore, S4DBOptions)}. */
	public S4DB rebuild(ObjectStore store, S4DBOptions options) {
		MutatedEngine mutated = mutated();
		return (mutated != null) ? mutated.rebuild(store, options) : S4DBEngine.rebuild(store, options);
	}

	private @Nullable MutatedEngine mutated() {
		if (this.writers > 0) {
			return MutatedEngine.remembering(this.leftOut, this.writers, this.writers);
		}
		if (this.leftOut != null) {
			return MutatedEngine.without(this.leftOut, this.logItems);
		}
		return (this.logItems != LOG_ITEMS) ? MutatedEngine.folding(this.logItems) : null;
	}

}
