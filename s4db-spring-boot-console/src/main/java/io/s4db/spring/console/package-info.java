/**
 * The Actuator endpoint {@code s4db-console}: a page for people, and what it asks for.
 */
@NullMarked
package io.s4db.spring.console;

import org.jspecify.annotations.NullMarked;
