package io.s4db.spring.test;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/**
 * What {@link S4DBTest} begins with.
 */
class S4DBTestContextBootstrapper extends TestSliceTestContextBootstrapper<S4DBTest> {

}
