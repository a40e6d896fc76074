package io.s4db.spring;

import io.micrometer.observation.Observation;
import io.s4db.ReadSource;
import io.s4db.S4DBOperation;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an operation while it is observed.
 */
public class S4DBOperationContext extends Observation.Context {

	private final String database;

	private final S4DBOperation operation;

	/** Changed under this, by any thread that helps. */
	private @Nullable ReadSource source;

	public S4DBOperationContext(String database, S4DBOperation operation) {
		this.database = database;
		this.operation = operation;
	}

	/** What the database is called. */
	public String getDatabase() {
		return this.database;
	}

	/** What is done. */
	public S4DBOperation getOperation() {
		return this.operation;
	}

	/**
	 * Where the values came from that it read: of several, the farthest place; null if it
	 * read none.
	 */
	public synchronized @Nullable ReadSource getSource() {
		return this.source;
	}

	synchronized void read(ReadSource from) {
		if (this.source == null || from.compareTo(this.source) > 0) {
			this.source = from;
		}
	}

}
