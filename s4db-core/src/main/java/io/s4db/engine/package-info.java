/**
 * Opens a database and puts its parts together. {@code S4DBEngine} is the entry point and
 * with {@code CommitWatch}, which opens nothing, all that users see here;
 * {@code OpenDatabase} puts together and takes apart.
 *
 * <p>
 * The rooms below, each using only those named after it: {@code upkeep}, {@code compact},
 * {@code commit}, {@code follow}, {@code read}, {@code write}, {@code state},
 * {@code listen}. None of them is for users.
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
