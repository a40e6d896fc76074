package io.s4db.spring.autoconfigure;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The names of the databases {@code s4db.databases.*}, and whether there is a default one
 * beside them: known before any bean is made.
 *
 * @param named the names, those that are switched off left out
 * @param hasDefault whether there is a default database: there is if no other is, and if
 * any of its properties is set
 */
public record DatabaseNames(Set<String> named, boolean hasDefault) {

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

	/** Properties that do not make a default database. */
	private static final Set<String> ABOUT_ALL = Set.of("enabled", "databases");

	/** The properties of a default database, as they are compared. */
	private static final Set<String> OF_DEFAULT = Arrays.stream(S4DBProperties.class.getRecordComponents())
		.map((component) -> component.getName().toLowerCase(Locale.ROOT))
		.filter((name) -> !ABOUT_ALL.contains(name))
		.collect(Collectors.toUnmodifiableSet());

	/**
	 * Those that an environment sets.
	 * @throws InvalidS4DBPropertyException if a name cannot be one
	 */
	public static DatabaseNames of(Environment environment) {
		Binder binder = Binder.get(environment);
		Set<String> all = properties(binder, "s4db.databases").keySet();
		Set<String> named = new LinkedHashSet<>();
		for (String name : all) {
			requireValid(name);
			if (binder.bind(PropertyNames.ofDatabase(name).of("enabled"), Boolean.class).orElse(true)) {
				named.add(name);
			}
		}
		return new DatabaseNames(named, hasDefault(binder, all));
	}

	private static boolean hasDefault(Binder binder, Set<String> names) {
		return names.isEmpty() || properties(binder, "s4db").keySet()
			.stream()
			.map((name) -> name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT))
			.anyMatch(OF_DEFAULT::contains);
	}

	/** What is set right below a prefix. */
	private static Map<String, Object> properties(Binder binder, String prefix) {
		return binder.bind(prefix, Bindable.mapOf(String.class, Object.class)).orElseGet(Map::of);
	}

	private static void requireValid(String name) {
		String property = "s4db.databases." + name;
		if (!NAME.matcher(name).matches()) {
			throw new InvalidS4DBPropertyException(
					property, property + ": '" + name
							+ "' cannot be the name of a database, since it goes into paths and" + " metrics",
					"Use letters, digits, '-' and '_' only.");
		}
		if (name.equals("s4db")) {
			throw new InvalidS4DBPropertyException(property, property + ": 's4db' is the name of the default database",
					"Use another name, or put the properties of the default database right below 's4db'.");
		}
	}

	/** What the bean of a database is called. */
	static String beanName(String name) {
		return name + "S4DB";
	}

	/** What the bean of its template is called. */
	static String templateBeanName(String name) {
		return name + "S4DBTemplate";
	}

}
