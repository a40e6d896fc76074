package io.s4db.spring.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Checks what the names of a database's objects are to begin with. It is used as it is,
 * since there may be a database whose objects are called so: what is strange is only
 * warned of.
 */
final class Prefix {

	/** What tools call a place in a bucket. */
	private static final Pattern URL = Pattern.compile("[a-z][a-z0-9+.-]*://+[^/]*/?(.*)", Pattern.CASE_INSENSITIVE);

	private static final Pattern DOTS = Pattern.compile("(?:^|.*/)(\\.\\.?)(?:/.*|$)");

	private Prefix() {
	}

	/**
	 * Checks a prefix.
	 * @param names what the database's properties are called
	 * @return a warning; null if there is nothing to warn of
	 * @throws InvalidS4DBPropertyException if it is no prefix at all
	 */
	static @Nullable String check(PropertyNames names, String prefix) {
		String property = names.of("prefix");
		Placeholders.requireResolved(property, prefix);
		Matcher url = URL.matcher(prefix);
		if (url.matches()) {
			throw new InvalidS4DBPropertyException(property,
					property + " is '" + prefix + "', which is a URL, and not the beginning of a name in the bucket",
					"Set " + property + " to what comes after the bucket, '" + url.group(1) + "', and "
							+ names.of("bucket") + " to the bucket's name.");
		}
		String problem = problem(prefix);
		return (problem != null) ? property + " is '" + prefix + "', which " + problem : null;
	}

	private static @Nullable String problem(String prefix) {
		if (prefix.startsWith("/")) {
			return "begins with a slash: the database's objects are in a folder without a name";
		}
		if (prefix.contains("//")) {
			return "has two slashes together: there is a folder without a name";
		}
		Matcher dots = DOTS.matcher(prefix);
		if (dots.matches()) {
			return "has the folder '" + dots.group(1) + "', which is a name like others in a bucket, and which some"
					+ " servers refuse";
		}
		if (!prefix.isEmpty() && !prefix.endsWith("/")) {
			return "does not end in a slash: the database's objects are called '" + prefix + "index.idx' and so on";
		}
		return null;
	}

}
