/**
 * What listeners are told of committed state: which keys a change is about, and the queue
 * in which it waits until the locks are free.
 *
 * <p>
 * May use the packages outside of the engine, and no other room.
 */
@NullMarked
package io.s4db.engine.listen;

import org.jspecify.annotations.NullMarked;
