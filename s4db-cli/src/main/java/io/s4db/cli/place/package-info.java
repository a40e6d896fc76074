/**
 * The places of databases: how a bucket or a folder is reached, what it tells without
 * being opened, how it was at an earlier commit, and how it is opened for a few keys.
 *
 * <p>
 * Uses {@code terminal}.
 */
@NullMarked
package io.s4db.cli.place;

import org.jspecify.annotations.NullMarked;
