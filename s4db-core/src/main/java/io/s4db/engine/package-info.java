/**
 * Opens a database and puts its parts together: write path, read path, commit,
 * compaction, recovery.
 *
 * <p>
 * The state of a database is a stack of indexes, looked through from the top
 * ({@code Layers}): what is pending and still written to, what is pending and being
 * committed, what another writer committed and is being taken in, what is committed. So a
 * checkpoint, a compaction or another writer's commit, which are about committed state
 * only, never meet a pending entry.
 *
 * <p>
 * Two locks, taken in this order: the <em>commit lock</em>, held by whatever changes
 * committed state or the manifest, also over requests; the <em>write lock</em>, held for
 * an append to the pending file, never over a request. Reads take neither.
 */
@NullMarked
package io.s4db.engine;

import org.jspecify.annotations.NullMarked;
