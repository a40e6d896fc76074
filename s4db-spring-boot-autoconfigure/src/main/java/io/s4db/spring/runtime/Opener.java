package io.s4db.spring.runtime;

import io.s4db.S4DB;

/**
 * Opens one database, as often as it takes.
 */
public interface Opener {

	/** Opens it. */
	S4DB open();

	/** Opens it with an index made anew from the data files. */
	S4DB rebuild();

	/** What is opened, for messages. */
	String description();

}
