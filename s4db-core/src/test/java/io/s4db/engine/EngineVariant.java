package io.s4db.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.state.Rule;
import io.s4db.engine.state.Rules;
import io.s4db.store.ObjectStore;

/**
 * The engine with a rule of its protocol left out, or with other limits, for tests of
 * other packages.
 */
public final class EngineVariant {

	private static final int LOG_ITEMS = Rules.ALL.logItems();

	private final Rules rules;

	private EngineVariant(Rules rules) {
		this.rules = rules;
	}

	/** The engine as it is. */
	public static EngineVariant asItIs() {
		return new EngineVariant(Rules.ALL);
	}

	/** The engine without a rule. */
	public static EngineVariant without(String rule) {
		return new EngineVariant(new Rules(Set.of(Rule.valueOf(rule)), LOG_ITEMS));
	}

	/** What can be left out. */
	public static List<String> rules() {
		return Arrays.stream(Rule.values()).map(Rule::name).toList();
	}

	/** The same, with another length of the manifest's log from which on it is folded. */
	public EngineVariant foldingFrom(int logItems) {
		return new EngineVariant(new Rules(this.rules.leftOut(), logItems));
	}

	/** From so many items on the log is folded. */
	public int logItems() {
		return this.rules.logItems();
	}

	/** {@link S4DBEngine#open(ObjectStore, S4DBOptions)}. */
	public S4DB open(ObjectStore store, S4DBOptions options) {
		return S4DBEngine.open(store, options, this.rules);
	}

	/** {@link S4DBEngine#rebuild(ObjectStore, S4DBOptions)}. */
	public S4DB rebuild(ObjectStore store, S4DBOptions options) {
		return S4DBEngine.rebuild(store, options, this.rules);
	}

}
