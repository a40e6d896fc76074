package io.s4db.cli;

/**
 * What is logged: warnings, to standard error; with {@code --debug} much more. Before the
 * first logger is made.
 */
final class Logging {

	private static final String PREFIX = "org.slf4j.simpleLogger.";

	private Logging() {
	}

	static void set(boolean debug) {
		System.setProperty("slf4j.internal.verbosity", "WARN");
		set(PREFIX + "defaultLogLevel", debug ? "info" : "error");
		set(PREFIX + "log.io.s4db", debug ? "debug" : "warn");
		// What they warn of is told by the commands.
		for (String name : new String[] { "upkeep.Rebuild", "Closing" }) {
			set(PREFIX + "log.io.s4db.engine." + name, debug ? "debug" : "error");
		}
		// What it warns of is in the errors.
		set(PREFIX + "log.software.amazon.awssdk", debug ? "debug" : "error");
		set(PREFIX + "showThreadName", String.valueOf(debug));
		set(PREFIX + "showDateTime", String.valueOf(debug));
		set(PREFIX + "showShortLogName", "true");
	}

	private static void set(String name, String value) {
		if (System.getProperty(name) == null) {
			System.setProperty(name, value);
		}
	}

}
