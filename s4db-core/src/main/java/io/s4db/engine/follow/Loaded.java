package io.s4db.engine.follow;

import io.s4db.engine.state.CommittedState;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * A database as it was found in the store.
 *
 * @param state the committed state
 * @param manifest the manifest; null if there is none
 * @param manifestETag its ETag; null if there is none
 * @param index the {@code index.idx} in the store, as far as known; null if there is
 * none, or nothing is known of it
 * @param foreign an index of the reference that no manifest knows of yet: the next commit
 * must take it over first; null if there is none such
 */
public record Loaded(CommittedState state, @Nullable Manifest manifest, @Nullable String manifestETag,
		@Nullable Checkpoint index, @Nullable ForeignIndex foreign) {

	/**
	 * An index that the reference wrote.
	 *
	 * @param eTag the object's ETag
	 * @param bytes its size
	 * @param next the next file number that it announces
	 */
	public record ForeignIndex(String eTag, long bytes, long next) {
	}

}
