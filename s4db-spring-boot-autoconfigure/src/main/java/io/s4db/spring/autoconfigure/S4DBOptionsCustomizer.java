package io.s4db.spring.autoconfigure;

import io.s4db.S4DBOptions;

/**
 * Changes the options of each database that is opened by properties, after these have
 * been applied: a bean for what properties cannot say, such as the clock.
 */
@FunctionalInterface
public interface S4DBOptionsCustomizer {

	/** Changes the options. */
	void customize(S4DBOptions.Builder options);

	/**
	 * Changes the options of one database.
	 * @param database its name: {@code s4db} for the default one
	 */
	default void customize(String database, S4DBOptions.Builder options) {
		customize(options);
	}

}
