/**
 * Where databases live: the {@link io.s4db.store.ObjectStore} contract and its
 * implementations.
 */
@NullMarked
package io.s4db.store;

import org.jspecify.annotations.NullMarked;
