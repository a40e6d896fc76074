package io.s4db.spring.runtime;

import java.util.concurrent.atomic.LongAdder;

import io.s4db.RequestOutcome;
import io.s4db.S4DBObserver;
import io.s4db.S4DBOperation;
import io.s4db.StoreRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of a database beside its statistics: failures by operation, requests
 * that were sent again, and whether the bucket gave an answer when it was last asked. For
 * any number of threads, a few nanoseconds each.
 */
public final class DatabaseSignals implements S4DBObserver {

	private final LongAdder[] failures = adders(S4DBOperation.values().length);

	private final LongAdder[] retries = adders(StoreRequest.values().length);

	/** One for each kind of operation, since they keep nothing. */
	private final OperationObservation[] operations = new OperationObservation[this.failures.length];

	private final RequestObservation[] requests = new RequestObservation[this.retries.length];

	private volatile String name;

	private volatile @Nullable RequestOutcome lastOutcome;

	/**
	 * Signals of a database.
	 * @param name what it is called as long as nobody has {@linkplain #named named} it
	 */
	public DatabaseSignals(String name) {
		this.name = name;
		for (int i = 0; i < this.operations.length; i++) {
			LongAdder failed = this.failures[i];
			this.operations[i] = (failure) -> {
				if (failure != null) {
					failed.increment();
				}
			};
		}
		for (int i = 0; i < this.requests.length; i++) {
			LongAdder again = this.retries[i];
			this.requests[i] = (outcome, count, failure) -> {
				again.add(count);
				this.lastOutcome = outcome;
			};
		}
	}

	private static LongAdder[] adders(int count) {
		LongAdder[] adders = new LongAdder[count];
		for (int i = 0; i < count; i++) {
			adders[i] = new LongAdder();
		}
		return adders;
	}

	@Override
	public OperationObservation begin(S4DBOperation operation) {
		return this.operations[operation.ordinal()];
	}

	@Override
	public RequestObservation begin(StoreRequest request, String object) {
		return this.requests[request.ordinal()];
	}

	/** What the database is called. */
	public String name() {
		return this.name;
	}

	/** The database has got its name. */
	void named(String as) {
		this.name = as;
	}

	/** How often an operation failed. */
	public long failures(S4DBOperation operation) {
		return this.failures[operation.ordinal()].sum();
	}

	/** How often requests of a kind were sent again. */
	public long retries(StoreRequest request) {
		return this.retries[request.ordinal()].sum();
	}

	/** What came of the last request; null if there was none. */
	public @Nullable RequestOutcome lastOutcome() {
		return this.lastOutcome;
	}

}
