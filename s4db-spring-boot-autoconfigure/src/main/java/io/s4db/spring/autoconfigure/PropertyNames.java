package io.s4db.spring.autoconfigure;

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
		return this.prefix.startsWith(DATABASES) ? this.prefix.substring(DATABASES.length()) : this.prefix;
	}

	boolean isDefault() {
		return this.prefix.equals(DEFAULT.prefix);
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
