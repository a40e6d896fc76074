/**
 * The database's figures as Micrometer meters.
 */
@NullMarked
package io.s4db.spring.metrics;

import org.jspecify.annotations.NullMarked;
