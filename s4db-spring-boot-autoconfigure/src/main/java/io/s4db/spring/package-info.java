/**
 * What an application uses: the template, its interface, and the translation of the
 * engine's errors to Spring's.
 */
@NullMarked
package io.s4db.spring;

import org.jspecify.annotations.NullMarked;
