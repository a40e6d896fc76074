package io.s4db.spring.autoconfigure;

import io.s4db.S4DBOptions;

/**
 * Changes the options of the auto-configured database after the properties have been
 * applied: a bean for what properties cannot say, such as the clock.
 */
@FunctionalInterface
public interface S4DBOptionsCustomizer {

	/** Changes the options. */
	void customize(S4DBOptions.Builder options);

}
