package io.s4db.local;

import java.nio.channels.FileLock;
import java.security.Security;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which lock files this Java process holds, for all class loaders in it together. The
 * system's file locks do not tell: a process loses them when it closes <em>any</em>
 * handle of the locked file, so a file that may be locked by this very process must not
 * even be opened.
 * <p>
 * They are noted in a security property, since every class loader sees those, and nobody
 * copies, clears or restores them, as happens to system properties.
 */
final class HeldLocks {

	/**
	 * To be held from the look at what is held to the note, or the closing, that comes of
	 * it: the same object for every class loader.
	 */
	static final Object MUTEX = FileLock.class;

	private static final String PROPERTY = "io.s4db.local.held";

	private static final String SEPARATOR = "\n";

	private HeldLocks() {
	}

	/** Whether a file is held, by what it is. */
	static boolean contains(String key) {
		return held().contains(key);
	}

	/** Notes that a file is held. */
	static void add(String key) {
		Set<String> held = held();
		held.add(key);
		store(held);
	}

	/** It is not held any more. */
	static void remove(String key) {
		Set<String> held = held();
		held.remove(key);
		store(held);
	}

	private static Set<String> held() {
		String held = Security.getProperty(PROPERTY);
		return (held == null || held.isEmpty()) ? new LinkedHashSet<>()
				: new LinkedHashSet<>(Arrays.asList(held.split(SEPARATOR)));
	}

	private static void store(Set<String> held) {
		Security.setProperty(PROPERTY, String.join(SEPARATOR, held));
	}

}
