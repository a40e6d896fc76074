/**
 * The key-value service: single entries, lists, import and export.
 */
@NullMarked
package io.s4db.sample.entries;

import org.jspecify.annotations.NullMarked;
