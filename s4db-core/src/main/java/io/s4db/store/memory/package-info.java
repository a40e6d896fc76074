/**
 * Objects in this process's memory: {@link io.s4db.store.memory.InMemoryObjectStore}.
 * Uses the contract and {@code io.s4db.store.support}.
 */
@NullMarked
package io.s4db.store.memory;

import org.jspecify.annotations.NullMarked;
