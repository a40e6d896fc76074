/**
 * Bytes to values and back, without I/O: one class per structure, its layout drawn in its
 * Javadoc. All integers are big-endian and unsigned.
 */
@NullMarked
package io.s4db.format;

import org.jspecify.annotations.NullMarked;
