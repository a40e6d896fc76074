/**
 * Rewrites what is live of data files that hold garbage, and finds objects that nothing
 * accounts for.
 *
 * <p>
 * May use {@code commit} and the rooms below it.
 */
@NullMarked
package io.s4db.engine.compact;

import org.jspecify.annotations.NullMarked;
