/**
 * The local directory: its lock, pending files, committed copies, atomic file
 * replacement.
 */
@NullMarked
package io.s4db.local;

import org.jspecify.annotations.NullMarked;
