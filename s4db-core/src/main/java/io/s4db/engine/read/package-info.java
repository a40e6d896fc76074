/**
 * The read path: from a key to its value, one at a time, many at once, or all of them;
 * and the bytes of whole data files.
 *
 * <p>
 * May use {@code write} (pending entries are read from its files) and {@code state}.
 */
@NullMarked
package io.s4db.engine.read;

import org.jspecify.annotations.NullMarked;
