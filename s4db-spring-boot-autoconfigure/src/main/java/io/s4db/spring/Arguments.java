package io.s4db.spring;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.InvalidDataAccessApiUsageException;

/**
 * Looks at what is handed over, so that a mistake is told by name.
 */
final class Arguments {

	private Arguments() {
	}

	/**
	 * That it is something.
	 * @throws InvalidDataAccessApiUsageException if it is null
	 */
	static <T> T requireNonNull(@Nullable T argument, String name) {
		if (argument == null) {
			throw new InvalidDataAccessApiUsageException("'" + name + "' must not be null");
		}
		return argument;
	}

}
