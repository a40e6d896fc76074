/**
 * Commands that change keys, and the one that commits what an application left.
 *
 * <p>
 * Uses {@code command} and the rooms below it, and knows no other room of commands.
 */
@NullMarked
package io.s4db.cli.change;

import org.jspecify.annotations.NullMarked;
