package io.s4db.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Configures the databases of the application under test, and has them in memory, both
 * the default one and {@code s4db.databases.*}: no bucket, no region, no local directory,
 * and no uploads in the background. What the test itself sets, by {@code properties} or
 * {@code @TestPropertySource}, counts more.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureS4DB {

	/** Whether the databases are in memory; else they are where the properties say. */
	boolean memory() default true;

}
