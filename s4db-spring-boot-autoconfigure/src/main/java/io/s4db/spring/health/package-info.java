/**
 * The health indicator {@code s4db}.
 */
@NullMarked
package io.s4db.spring.health;

import org.jspecify.annotations.NullMarked;
