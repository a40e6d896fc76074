/**
 * What stores are made with: names, ranges and their order, conditions, ETags of bytes,
 * lists, counted requests, tasks side by side. For the implementations, not for users;
 * may change at any time. Uses the contract.
 */
@NullMarked
package io.s4db.store.support;

import org.jspecify.annotations.NullMarked;
