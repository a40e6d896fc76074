/**
 * Keys and values in files: NDJSON and CSV, and gzip in pieces that can be gone on with.
 *
 * <p>
 * Uses {@code terminal}.
 */
@NullMarked
package io.s4db.cli.pairs;

import org.jspecify.annotations.NullMarked;
