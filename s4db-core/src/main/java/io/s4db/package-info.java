/**
 * The vocabulary of s4db: the database interface, its options, results and errors.
 */
@NullMarked
package io.s4db;

import org.jspecify.annotations.NullMarked;
