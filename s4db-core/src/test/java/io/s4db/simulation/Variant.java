package io.s4db.simulation;

import java.util.UUID;
import java.util.function.UnaryOperator;

import io.s4db.engine.EngineVariant;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * What is simulated: the engine as it is on a right store, or something broken that the
 * simulation must find.
 *
 * @param engine the engine
 * @param bucket what is put before the bucket
 * @param writerId every writer's id, if they share one; else null
 */
record Variant(EngineVariant engine, UnaryOperator<ObjectStore> bucket, @Nullable UUID writerId) {

	/** Nothing is broken. */
	static Variant right() {
		return new Variant(EngineVariant.asItIs(), UnaryOperator.identity(), null);
	}

	/** A rule is left out in the engine. */
	static Variant without(String rule) {
		return new Variant(EngineVariant.without(rule), UnaryOperator.identity(), null);
	}

	/** The store is another, to each process. */
	static Variant on(UnaryOperator<ObjectStore> bucket) {
		return new Variant(EngineVariant.asItIs(), bucket, null);
	}

}
