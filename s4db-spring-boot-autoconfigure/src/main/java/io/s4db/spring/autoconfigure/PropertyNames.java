package io.s4db.spring.autoconfigure;

import java.util.Optional;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

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

	/**
	 * The full name of a property as it may have been written: the name of a database may
	 * have capitals, which Spring takes for small ones unless they are in brackets.
	 */
	Stream<ConfigurationPropertyName> written(String property) {
		Stream<String> prefixes = isNamed() ? Stream.of(this.prefix, DATABASES + "[" + database() + "]")
				: Stream.of(this.prefix);
		return prefixes.map((written) -> ConfigurationPropertyName.adapt(written + "." + property, '.'));
	}

	/** What a property is set to. */
	<T> Optional<T> value(Binder binder, String property, Class<T> type) {
		return written(property).map((name) -> binder.bind(name, Bindable.of(type)))
			.filter(BindResult::isBound)
			.map(BindResult::get)
			.findFirst();
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
