/**
 * The key-value service: single entries and lists of keys.
 */
@NullMarked
package io.s4db.sample.entries;

import org.jspecify.annotations.NullMarked;
