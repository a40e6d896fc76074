package io.s4db.index;

import org.jspecify.annotations.Nullable;

/**
 * A walk over keys in order. For one thread at a time; needs no closing.
 */
@FunctionalInterface
public interface KeyCursor {

	/** A walk over nothing. */
	KeyCursor NONE = () -> null;

	/** The next key; null at the end. It belongs to the caller. */
	byte @Nullable [] next();

}
