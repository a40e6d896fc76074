/**
 * The command line: one file a command, on top of what opens stores, prints, asks and
 * shows progress. {@code Main} is where it begins.
 */
@NullMarked
package io.s4db.cli;

import org.jspecify.annotations.NullMarked;
