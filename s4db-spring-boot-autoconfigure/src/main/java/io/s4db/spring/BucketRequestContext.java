package io.s4db.spring;

import io.micrometer.observation.Observation;
import io.s4db.RequestOutcome;
import io.s4db.StoreRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request to the bucket while it is observed.
 */
public class BucketRequestContext extends Observation.Context {

	private final String database;

	private final StoreRequest request;

	private final String object;

	private @Nullable RequestOutcome outcome;

	private long retries;

	public BucketRequestContext(String database, StoreRequest request, String object) {
		this.database = database;
		this.request = request;
		this.object = object;
	}

	/** What the database is called. */
	public String getDatabase() {
		return this.database;
	}

	/** What is asked. */
	public StoreRequest getRequest() {
		return this.request;
	}

	/** The object's name, or what those names begin with that are listed. */
	public String getObject() {
		return this.object;
	}

	/** What came of it; null before it ended. */
	public @Nullable RequestOutcome getOutcome() {
		return this.outcome;
	}

	/** How often it was sent again. */
	public long getRetries() {
		return this.retries;
	}

	void ended(RequestOutcome as, long after) {
		this.outcome = as;
		this.retries = after;
	}

}
