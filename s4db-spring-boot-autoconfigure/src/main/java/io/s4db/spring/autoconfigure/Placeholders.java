package io.s4db.spring.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds placeholders that nothing gave a value: binding leaves them as they are. Where a
 * forgotten variable is part of a path or prefix, the database would be somewhere else,
 * in the place of all who forgot it.
 */
final class Placeholders {

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");

	private Placeholders() {
	}

	/**
	 * Checks the value of a property that is used.
	 * @throws InvalidS4DBPropertyException if there is a placeholder left in it
	 */
	static void requireResolved(String property, String value) {
		Matcher placeholder = PLACEHOLDER.matcher(value);
		if (placeholder.find()) {
			String name = placeholder.group(1);
			throw new InvalidS4DBPropertyException(property,
					property + " is '" + value + "', in which nothing gives the placeholder " + placeholder.group()
							+ " a value",
					"Set " + name
							+ ", as a property or an environment variable, or have a default in the placeholder: ${"
							+ name + ":...}.");
		}
	}

}
