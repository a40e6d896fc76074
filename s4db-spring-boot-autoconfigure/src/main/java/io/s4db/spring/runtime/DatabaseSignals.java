package io.s4db.spring.runtime;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
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

	private final Map<S4DBOperation, Failures> failures = new EnumMap<>(S4DBOperation.class);

	private final Map<StoreRequest, Retries> retries = new EnumMap<>(StoreRequest.class);

	private volatile String name;

	private volatile @Nullable RequestOutcome lastOutcome;

	/**
	 * Signals of a database.
	 * @param name what it is called as long as nobody has {@linkplain #named named} it
	 */
	public DatabaseSignals(String name) {
		this.name = name;
		for (S4DBOperation operation : S4DBOperation.values()) {
			this.failures.put(operation, new Failures());
		}
		for (StoreRequest request : StoreRequest.values()) {
			this.retries.put(request, new Retries());
		}
	}

	@Override
	public OperationObservation begin(S4DBOperation operation) {
		return failed(operation);
	}

	@Override
	public RequestObservation begin(StoreRequest request, String object) {
		return again(request);
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
		return failed(operation).count.sum();
	}

	/** How often requests of a kind were sent again. */
	public long retries(StoreRequest request) {
		return again(request).count.sum();
	}

	/** What came of the last request; null if there was none. */
	public @Nullable RequestOutcome lastOutcome() {
		return this.lastOutcome;
	}

	private Failures failed(S4DBOperation operation) {
		return Objects.requireNonNull(this.failures.get(operation));
	}

	private Retries again(StoreRequest request) {
		return Objects.requireNonNull(this.retries.get(request));
	}

	/** One for all operations of a kind, since it keeps nothing of any. */
	private static final class Failures implements OperationObservation {

		private final LongAdder count = new LongAdder();

		@Override
		public void end(@Nullable Throwable failure) {
			if (failure != null) {
				this.count.increment();
			}
		}

	}

	/** One for all requests of a kind. */
	private final class Retries implements RequestObservation {

		private final LongAdder count = new LongAdder();

		@Override
		public void end(RequestOutcome outcome, long retries, @Nullable Throwable failure) {
			this.count.add(retries);
			DatabaseSignals.this.lastOutcome = outcome;
		}

	}

}
