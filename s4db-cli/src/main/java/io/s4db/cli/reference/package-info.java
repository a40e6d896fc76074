/**
 * What the reference wrote and reads: its format 2, which is only read, and the format
 * before it, which both read.
 *
 * <p>
 * Uses {@code terminal}.
 */
@NullMarked
package io.s4db.cli.reference;

import org.jspecify.annotations.NullMarked;
