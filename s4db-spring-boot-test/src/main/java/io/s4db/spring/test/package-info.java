/**
 * Tests of what an application does with its databases.
 */
@NullMarked
package io.s4db.spring.test;

import org.jspecify.annotations.NullMarked;
