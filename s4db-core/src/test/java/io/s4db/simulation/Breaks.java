package io.s4db.simulation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.s4db.engine.EngineVariant;
import io.s4db.format.StoreLayout;

/**
 * Everything that can be broken on purpose, by name: each rule that the engine can leave
 * out, and what is broken around it.
 */
final class Breaks {

	static final Map<String, Supplier<Variant>> ALL = all();

	/** Seeds that notice it; 1 for those that are not here. */
	static final Map<String, Long> SEEDS = Map.of();

	private Breaks() {
	}

	private static Map<String, Supplier<Variant>> all() {
		Map<String, Supplier<Variant>> all = new LinkedHashMap<>();
		all.put("W1_IDENTITY",
				() -> new Variant(EngineVariant.asItIs(), UnaryOperator.identity(), new UUID(0x4000, 1L << 63)));
		all.put("W5_IF_NONE_MATCH",
				() -> Variant.on((store) -> new UnconditionalStore(store, StoreLayout.DATA_PREFIX)));
		all.put("W6_IF_MATCH", () -> Variant.on((store) -> new UnconditionalStore(store, StoreLayout.MANIFEST)));
		all.put("C2_IF_MATCH", () -> Variant.on((store) -> new UnconditionalStore(store, StoreLayout.INDEX)));
		all.put("G1_DELETE_BEFORE_UNLISTING", () -> Variant.on(DeleteAfterUnlisting::new));
		EngineVariant.rules().forEach((rule) -> all.put(rule, () -> Variant.without(rule)));
		return all;
	}

}
