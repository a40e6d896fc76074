package io.s4db.engine;

import io.s4db.format.NumberRanges;

/**
 * What a rebuild learnt besides the state itself.
 *
 * @param seq the highest sequence number that it saw
 * @param epoch the highest epoch that it saw
 * @param next above every number that it saw
 * @param leftOut numbers of data files that nothing refers to after it
 */
record RebuiltState(long seq, long epoch, long next, NumberRanges leftOut) {
}
