/**
 * Whom requests are taken from, and how errors that no controller sees are answered.
 */
@NullMarked
package io.s4db.sample.web;

import org.jspecify.annotations.NullMarked;
