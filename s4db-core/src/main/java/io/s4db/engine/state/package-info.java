/**
 * What the rooms of an open database share: the stack of indexes that a reader looks
 * through ({@code Layers}), what is committed ({@code CommittedState}, {@code DataFile}),
 * and what the instance was opened with ({@code Database}: store, options, locks,
 * threads, local directory).
 *
 * <p>
 * May use {@code listen}.
 */
@NullMarked
package io.s4db.engine.state;

import org.jspecify.annotations.NullMarked;
