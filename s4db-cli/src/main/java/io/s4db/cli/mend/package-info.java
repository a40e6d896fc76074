/**
 * Commands that find out what is wrong, and those that mend it.
 *
 * <p>
 * Uses {@code command} and the rooms below it, and knows no other room of commands.
 */
@NullMarked
package io.s4db.cli.mend;

import org.jspecify.annotations.NullMarked;
