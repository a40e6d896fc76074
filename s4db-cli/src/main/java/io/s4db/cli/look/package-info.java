/**
 * Commands that look: what is there, keys and values, what differs, how quick it is.
 *
 * <p>
 * Uses {@code command} and the rooms below it, and knows no other room of commands.
 */
@NullMarked
package io.s4db.cli.look;

import org.jspecify.annotations.NullMarked;
