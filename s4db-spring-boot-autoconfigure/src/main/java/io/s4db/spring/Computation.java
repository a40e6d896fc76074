package io.s4db.spring;

import java.util.function.Supplier;

import io.s4db.S4DB;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.InvalidDataAccessApiUsageException;

/**
 * That a function computes the value of a key in the present thread. What the function
 * writes to that key itself makes its own result stale, so it would be called again and
 * again: such a write is refused instead.
 */
final class Computation {

	private static final ThreadLocal<@Nullable Computation> CURRENT = new ThreadLocal<>();

	private final S4DB database;

	private final String key;

	/** The function whose computation this is a part of. */
	private final @Nullable Computation outer;

	private Computation(S4DB database, String key, @Nullable Computation outer) {
		this.database = database;
		this.key = key;
		this.outer = outer;
	}

	/** Calls the function that computes the value of a key. */
	static <T extends @Nullable Object> T of(S4DB database, String key, Supplier<T> function) {
		Computation outer = CURRENT.get();
		CURRENT.set(new Computation(database, key, outer));
		try {
			return function.get();
		}
		finally {
			if (outer != null) {
				CURRENT.set(outer);
			}
			else {
				CURRENT.remove();
			}
		}
	}

	/**
	 * Looks whether keys may be written: one is about to.
	 * @throws InvalidDataAccessApiUsageException if the value of one is computed at
	 * present
	 */
	static void requireNoneOf(S4DB database, Iterable<? extends @Nullable String> keys) {
		if (CURRENT.get() != null) {
			keys.forEach((key) -> requireNot(database, key));
		}
	}

	/** {@link #requireNoneOf} for one key. */
	static void requireNot(S4DB database, @Nullable String key) {
		for (Computation present = CURRENT.get(); present != null; present = present.outer) {
			if (present.database == database && present.key.equals(key)) {
				throw new InvalidDataAccessApiUsageException("The function that computes the value of the key \"" + key
						+ "\" writes that key itself. Let it return the value instead");
			}
		}
	}

}
