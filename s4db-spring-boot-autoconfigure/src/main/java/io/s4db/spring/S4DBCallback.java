package io.s4db.spring;

import io.s4db.S4DB;
import org.jspecify.annotations.Nullable;

/**
 * Something done with the database itself, under the template's translation of errors.
 *
 * @param <T> what it gives
 */
@FunctionalInterface
public interface S4DBCallback<T extends @Nullable Object> {

	/** Does it. */
	T doWithDatabase(S4DB database);

}
