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
	static final Map<String, Long> SEEDS = Map.ofEntries(Map.entry("C2_IF_MATCH", 201L),
			Map.entry("W2_DROP_WHAT_IS_COMMITTED", 3L), Map.entry("W3_NUMBERS_ABOVE_NEXT", 34L),
			Map.entry("W3_RENUMBER_ALL", 75L), Map.entry("W4_ACCOUNT_FOR_NUMBERS", 3L),
			Map.entry("W5_READ_WHAT_IS_THERE", 3L), Map.entry("W5_FRESH_MANIFEST", 113L),
			Map.entry("W6_RESOLVE_DOUBT", 2L), Map.entry("W7_FENCE", 7L), Map.entry("W7_CANCEL_RESERVATIONS", 19L),
			Map.entry("W8_FOLD", 60L), Map.entry("C1_COMMITTED_STATE", 3L), Map.entry("C2_NEVER_BACK", 6L),
			Map.entry("K1_ONE_AT_A_TIME", 4L), Map.entry("K1_NO_MORE_NUMBERS", 3L), Map.entry("K2_COMMITTED_STATE", 6L),
			Map.entry("K3_TOMBSTONES", 7L), Map.entry("G2_RETENTION", 8L), Map.entry("G2_CHECKPOINT", 2L),
			Map.entry("G3_BELOW_NEXT", 176L), Map.entry("C3_CONFIRMED", 2L), Map.entry("W8_FOLDED_IS_OBSOLETE", 26L),
			Map.entry("S2_THERE", 3L), Map.entry("S4_UPWARD", 16L), Map.entry("G3_NOT_RESERVED", 4L),
			Map.entry("W11_DECIDE_ANEW", 8L));

	private Breaks() {
	}

	private static Map<String, Supplier<Variant>> all() {
		Map<String, Supplier<Variant>> all = new LinkedHashMap<>();
		all.put("W1_IDENTITY", () -> new Variant(EngineVariant.asItIs(), UnaryOperator.identity(),
				new UUID(0x4000, 1L << 63), false, false, false));
		all.put("W5_IF_NONE_MATCH",
				() -> Variant.on((store) -> new UnconditionalStore(store, StoreLayout.DATA_PREFIX)));
		all.put("W6_IF_MATCH", () -> Variant.on((store) -> new UnconditionalStore(store, StoreLayout.MANIFEST)));
		all.put("C2_IF_MATCH", () -> Variant.on((store) -> new UnconditionalStore(store, StoreLayout.INDEX)));
		all.put("G1_DELETE_BEFORE_UNLISTING", () -> Variant.on(DeleteAfterUnlisting::new));
		EngineVariant.rules().forEach((rule) -> all.put(rule, () -> Variant.without(rule)));
		return all;
	}

}
