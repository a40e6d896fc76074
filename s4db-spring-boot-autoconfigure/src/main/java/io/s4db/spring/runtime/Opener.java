package io.s4db.spring.runtime;

import io.s4db.S4DB;
import io.s4db.store.ObjectStore;

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

}
