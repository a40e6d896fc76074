/**
 * The write path: the pending file that entries are appended to, its index, and how they
 * become a generation that is committed as a whole.
 *
 * <p>
 * May use {@code state}.
 */
@NullMarked
package io.s4db.engine.write;

import org.jspecify.annotations.NullMarked;
