package io.s4db.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.event.EventListener;

/**
 * Has a method of a bean called when something was committed to a database. It takes an
 * {@link S4DBChangedEvent}, whose keys are those with the prefix, and is called where
 * there are any, or where everything may have changed
 * ({@link S4DBChangedEvent#isComplete()} is false then).
 *
 * <p>
 * It is called in the thread that refreshed or uploaded, and should be quick. What it
 * throws is logged, and reaches neither that nor other listeners.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@EventListener(S4DBChangedEvent.class)
public @interface S4DBListener {

	/** What the keys begin with. By default all are told. */
	String prefix() default "";

	/** The database's name. By default all of them are listened to. */
	String database() default "";

	/** Whether to be told what this application commits, too. */
	boolean own() default false;

}
