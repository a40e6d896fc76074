/**
 * Commands that move a whole database, or a part of it: to and from files, to another
 * place, to and from the reference's formats.
 *
 * <p>
 * Uses {@code command}, {@code pairs}, {@code reference} and the rooms below them, and
 * knows no other room of commands.
 */
@NullMarked
package io.s4db.cli.move;

import org.jspecify.annotations.NullMarked;
