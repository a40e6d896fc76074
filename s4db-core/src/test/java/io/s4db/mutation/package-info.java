/**
 * The engine with a rule of docs/PROTOCOL.md left out, to see that tests notice it. The
 * product has no switches for this: what is left out is cut from its source, which is
 * compiled anew and loaded beside the engine as it is.
 */
@NullMarked
package io.s4db.mutation;

import org.jspecify.annotations.NullMarked;
