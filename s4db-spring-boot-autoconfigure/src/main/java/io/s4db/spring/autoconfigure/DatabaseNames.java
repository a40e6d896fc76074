package io.s4db.spring.autoconfigure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
		Map<String, Object> all = properties(binder, "s4db.databases");
		all.keySet().forEach(DatabaseNames::requireValid);
		requireOneSpelling(all);
		Set<String> named = new LinkedHashSet<>(withoutOtherSpellings(all).keySet());
		named.removeIf((name) -> !PropertyNames.ofDatabase(name).value(binder, "enabled", Boolean.class).orElse(true));
		return new DatabaseNames(named, hasDefault(binder, all.keySet()));
	}

	private static boolean hasDefault(Binder binder, Set<String> names) {
		return names.isEmpty() || properties(binder, "s4db").keySet()
			.stream()
			.map(DatabaseNames::uniform)
			.anyMatch(OF_DEFAULT::contains);
	}

	/**
	 * The names without those that an environment variable spells in its way, small and
	 * without dashes, and that are written in another way elsewhere: to Spring the two
	 * are one name, and the values of each are those of both.
	 */
	static <T> Map<String, T> withoutOtherSpellings(Map<String, T> byName) {
		Map<String, T> kept = new LinkedHashMap<>(byName);
		kept.keySet()
			.removeIf((name) -> name.equals(uniform(name)) && byName.keySet()
				.stream()
				.anyMatch((other) -> !other.equals(name) && uniform(other).equals(name)));
		return kept;
	}

	private static void requireOneSpelling(Map<String, Object> byName) {
		Map<String, List<String>> spellings = byName.keySet()
			.stream()
			.collect(Collectors.groupingBy(DatabaseNames::uniform, TreeMap::new, Collectors.toList()));
		spellings.forEach((uniform, names) -> {
			// What is in brackets has its values for itself.
			boolean haveTheSame = names.stream().map(byName::get).distinct().count() == 1;
			if (!haveTheSame || names.stream().filter((name) -> !name.equals(uniform)).count() > 1) {
				String property = "s4db.databases." + names.get(0);
				throw new InvalidS4DBPropertyException(property,
						property + " and s4db.databases." + names.get(1)
								+ " are the same name: '-', '_' and capitals tell none apart",
						"Write the name in the same way everywhere, or use other names.");
			}
		});
	}

	/** How names are compared, and how an environment variable has them. */
	private static String uniform(String name) {
		return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
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
