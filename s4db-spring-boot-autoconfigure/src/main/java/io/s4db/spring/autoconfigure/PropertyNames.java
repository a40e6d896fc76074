package io.s4db.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * What the properties of a database are called.
 *
 * @param prefix what they begin with, without the dot
 */
record PropertyNames(String prefix) {

	static final PropertyNames DEFAULT = new PropertyNames("s4db");

	private static final String DATABASES = "s4db.databases.";

	/** Those of a database beside the default one. */
	static PropertyNames ofDatabase(String name) {
		return new PropertyNames(DATABASES + name);
	}

	/** The full name of a property. */
	String of(String property) {
		return this.prefix + "." + property;
	}

	/** The name of the database that they are of; the prefix for one that is a bean. */
	String database() {
		return isNamed() ? this.prefix.substring(DATABASES.length()) : this.prefix;
	}

	boolean isDefault() {
		return this.prefix.equals(DEFAULT.prefix);
	}

	private boolean isNamed() {
		return this.prefix.startsWith(DATABASES);
	}

	/** What an environment sets a property to; null if it does not. */
	@Nullable String value(Environment environment, String property) {
		Binder binder = Binder.get(environment);
		return isNamed() ? DatabaseNames.property(binder, database(), property, String.class).orElse(null)
				: binder.bind(of(property), String.class).orElse(null);
	}

	/** Databases are named in one place. */
	void requireNoDatabasesIn(S4DBProperties properties) {
		if (!properties.databases().isEmpty()) {
			String property = of("databases");
			throw new InvalidS4DBPropertyException(property, property + " is set, but a database has none of its own",
					"Move what is below " + property + " to " + DEFAULT.of("databases") + ".");
		}
	}

}
