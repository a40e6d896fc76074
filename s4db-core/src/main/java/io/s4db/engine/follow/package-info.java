/**
 * From the bucket to the state in memory: the manifest as last seen and its replacement,
 * the index, the log applied on top, and what the reference wrote in between.
 *
 * <p>
 * May use {@code read}, {@code write} and {@code state}.
 */
@NullMarked
package io.s4db.engine.follow;

import org.jspecify.annotations.NullMarked;
