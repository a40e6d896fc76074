/**
 * The compact in-memory key index.
 */
@NullMarked
package io.s4db.index;

import org.jspecify.annotations.NullMarked;
