/**
 * What commands have in common: their options, the question before what cannot be taken
 * back, and how a database is opened to read and to write. A new command extends
 * {@code DatabaseCommand} if it reads, {@code ChangingCommand} if it writes, and is added
 * to {@code Commands}.
 *
 * <p>
 * Uses {@code place} and {@code terminal}.
 */
@NullMarked
package io.s4db.cli.command;

import org.jspecify.annotations.NullMarked;
