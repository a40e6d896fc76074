/**
 * What is done to a database now and then: verify it, rebuild its index, restore the
 * bucket from local copies, download it.
 *
 * <p>
 * May use {@code commit}, {@code compact} and the rooms below them.
 */
@NullMarked
package io.s4db.engine.upkeep;

import org.jspecify.annotations.NullMarked;
