package io.s4db.index;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A walk over keys in order. For one thread at a time; needs no closing.
 */
@FunctionalInterface
public interface KeyCursor {

	/** A walk over nothing. */
	KeyCursor NONE = () -> null;

	/** A walk over the keys of walks in the same direction, each key once. */
	static KeyCursor merged(List<KeyCursor> cursors, boolean descending) {
		return MergedKeys.of(cursors, descending);
	}

	/** The next key; null at the end. It belongs to the caller. */
	byte @Nullable [] next();

}
