/**
 * The properties and what is configured from them.
 */
@NullMarked
package io.s4db.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
