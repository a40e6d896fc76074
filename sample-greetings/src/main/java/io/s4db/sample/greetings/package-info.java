/**
 * The smallest application with a database: nothing but the template.
 */
@NullMarked
package io.s4db.sample.greetings;

import org.jspecify.annotations.NullMarked;
