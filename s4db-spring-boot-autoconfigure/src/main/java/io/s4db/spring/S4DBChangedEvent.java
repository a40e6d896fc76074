package io.s4db.spring;

import java.util.Set;

import io.s4db.Change;
import io.s4db.S4DB;

import org.springframework.context.ApplicationEvent;

/**
 * Something was committed to a database: by another writer, which a refresh found out;
 * or, for listeners that ask for it, by this application. Published in the thread that
 * refreshed or uploaded, once it can be read, in the order of the commits, each once.
 */
public class S4DBChangedEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	private final String database;

	private final transient Change change;

	/**
	 * Makes an event.
	 * @param source the database
	 * @param database its name
	 * @param change what changed
	 */
	public S4DBChangedEvent(S4DB source, String database, Change change) {
		super(source);
		this.database = database;
		this.change = change;
	}

	/** The database's name: that of the property, or of the bean. */
	public String getDatabase() {
		return this.database;
	}

	/** What changed. For a listener with a prefix, only the keys that begin so. */
	public Change getChange() {
		return this.change;
	}

	/**
	 * Whether the keys are all that changed. If not, none is named and everything may
	 * have changed.
	 */
	public boolean isComplete() {
		return this.change.complete();
	}

	/** Keys that were put. */
	public Set<String> getPut() {
		return this.change.put();
	}

	/** Keys that were deleted. */
	public Set<String> getDeleted() {
		return this.change.deleted();
	}

}
