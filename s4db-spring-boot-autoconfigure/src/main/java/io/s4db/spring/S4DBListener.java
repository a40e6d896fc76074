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

	/**
	 * What the keys begin with. By default all are told. May have placeholders:
	 * {@code "${app.tenant}/"}.
	 */
	String prefix() default "";

	/**
	 * The database's name: that below {@code s4db.databases}, {@code s4db} for the
	 * default one, or the bean's. By default <strong>all</strong> of them are listened
	 * to: in an application with several, {@link S4DBChangedEvent#getDatabase()} tells
	 * which. May have placeholders. A name that no database of the application has fails
	 * the start.
	 */
	String database() default "";

	/** Whether to be told what this application commits, too. */
	boolean own() default false;

}
