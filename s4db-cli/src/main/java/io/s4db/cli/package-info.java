/**
 * The program: {@code Main} is where it begins, {@code Commands} has all commands, and
 * the three that are about the program itself are here.
 *
 * <p>
 * Uses every room; none uses this one.
 */
@NullMarked
package io.s4db.cli;

import org.jspecify.annotations.NullMarked;
