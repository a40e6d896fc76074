/**
 * The Actuator endpoint {@code s4db}.
 */
@NullMarked
package io.s4db.spring.actuate;

import org.jspecify.annotations.NullMarked;
