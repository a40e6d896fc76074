/**
 * The shipped data set: imported at the first start, looked up by code.
 */
@NullMarked
package io.s4db.sample.airports;

import org.jspecify.annotations.NullMarked;
