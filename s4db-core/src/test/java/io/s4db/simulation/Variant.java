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
 * @param paged whether processes keep their index in pages or in memory, as each draws:
 * then there are bases. Else all keep it in memory
 * @param cached whether processes keep what they read of the bucket on disk
 * @param mirrored whether processes keep all data files local
 */
record Variant(EngineVariant engine, UnaryOperator<ObjectStore> bucket, @Nullable UUID writerId, boolean paged,
		boolean cached, boolean mirrored) {

	/** Nothing is broken. */
	static Variant right() {
		return new Variant(EngineVariant.asItIs(), UnaryOperator.identity(), null, false, false, false);
	}

	/** A rule is left out in the engine. */
	static Variant without(String rule) {
		return new Variant(EngineVariant.without(rule), UnaryOperator.identity(), null, rule.startsWith("S"), false,
				false);
	}

	/** The store is another, to each process. */
	static Variant on(UnaryOperator<ObjectStore> bucket) {
		return new Variant(EngineVariant.asItIs(), bucket, null, false, false, false);
	}

	/** The same, with an index in pages or without. */
	Variant paged(boolean inPages) {
		return new Variant(this.engine, this.bucket, this.writerId, inPages, this.cached, this.mirrored);
	}

	/** The same, with a cache on disk or without. */
	Variant cached(boolean onDisk) {
		return new Variant(this.engine, this.bucket, this.writerId, this.paged, onDisk, this.mirrored);
	}

	/** The same, with all data files local or without. */
	Variant mirrored(boolean local) {
		return new Variant(this.engine, this.bucket, this.writerId, this.paged, this.cached, local);
	}

}
