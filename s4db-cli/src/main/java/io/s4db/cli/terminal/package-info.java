/**
 * Standard input, output and error: text, JSON, tables, progress, errors as sentences and
 * exit codes.
 *
 * <p>
 * Uses no other room.
 */
@NullMarked
package io.s4db.cli.terminal;

import org.jspecify.annotations.NullMarked;
