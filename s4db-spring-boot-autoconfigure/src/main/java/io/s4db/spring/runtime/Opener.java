package io.s4db.spring.runtime;

import io.s4db.S4DB;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * Opens one database, as often as it takes.
 */
public interface Opener {

	/** Opens it. */
	S4DB open();

	/** Opens it with an index made anew from the data files. */
	S4DB rebuild();

	/** Where it lives. */
	ObjectStore store();

	/**
	 * What a property of it is called in full; null if it has none.
	 * @param property its name among those of the database, such as {@code mode}
	 */
	default @Nullable String property(String property) {
		return null;
	}

	/** What is counted of it; null if nothing is. */
	default @Nullable DatabaseSignals signals() {
		return null;
	}

}
