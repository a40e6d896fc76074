package io.s4db.spring;

import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.s4db.ReadSource;
import io.s4db.RequestOutcome;
import io.s4db.S4DBObserver;
import io.s4db.S4DBOperation;
import io.s4db.StoreRequest;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@linkplain S4DBObservationDocumentation observations} of what a database does.
 * An operation that a template observes already is not observed twice. For a database of
 * the application's own making:
 *
 * <pre class="code">
 * S4DBOptions.builder().observer(new S4DBObservations("archive", observationRegistry))
 * </pre>
 *
 * May be used by any number of threads.
 */
public class S4DBObservations implements S4DBObserver {

	private final Supplier<String> database;

	private final ObservationRegistry registry;

	private final @Nullable S4DBOperationConvention operations;

	private final @Nullable BucketRequestConvention requests;

	/** With the default conventions. */
	public S4DBObservations(String database, ObservationRegistry registry) {
		this(() -> database, registry, null, null);
	}

	/**
	 * Makes observations.
	 * @param database what the database is called
	 * @param registry who observes
	 * @param operations names and keys of operations; null for the default
	 * @param requests names and keys of requests; null for the default
	 */
	public S4DBObservations(Supplier<String> database, ObservationRegistry registry,
			@Nullable S4DBOperationConvention operations, @Nullable BucketRequestConvention requests) {
		this.database = database;
		this.registry = registry;
		this.operations = operations;
		this.requests = requests;
	}

	@Override
	public OperationObservation begin(S4DBOperation operation) {
		if (this.registry.isNoop()) {
			return OperationObservation.NONE;
		}
		String name = this.database.get();
		Observation current = this.registry.getCurrentObservation();
		if (current != null && current.getContext() instanceof S4DBOperationContext context
				&& context.getOperation() == operation && context.getDatabase().equals(name)) {
			return new Joined(context);
		}
		S4DBOperationContext context = new S4DBOperationContext(name, operation);
		Observation observation = S4DBObservationDocumentation.OPERATION.observation(this.operations,
				DefaultS4DBOperationConvention.INSTANCE, () -> context, this.registry);
		return new Own(context, observation.start());
	}

	@Override
	public RequestObservation begin(StoreRequest request, String object) {
		if (this.registry.isNoop()) {
			return RequestObservation.NONE;
		}
		BucketRequestContext context = new BucketRequestContext(this.database.get(), request, object);
		Observation observation = S4DBObservationDocumentation.BUCKET_REQUEST
			.observation(this.requests, DefaultBucketRequestConvention.INSTANCE, () -> context, this.registry)
			.start();
		Observation.Scope scope = open(observation);
		return (RequestOutcome outcome, long retries, @Nullable Throwable failure) -> {
			context.ended(outcome, retries);
			end(scope, observation, failure);
		};
	}

	@Override
	public Runnable handOver(Runnable task) {
		Observation current = this.registry.getCurrentObservation();
		if (current == null) {
			return task;
		}
		return () -> current.scoped(task);
	}

	/** What has begun ends, whatever a handler throws. */
	private static Observation.Scope open(Observation observation) {
		try {
			return observation.openScope();
		}
		catch (RuntimeException | Error ex) {
			observation.error(ex);
			observation.stop();
			throw ex;
		}
	}

	private static void end(Observation.Scope scope, Observation observation, @Nullable Throwable failure) {
		try {
			scope.close();
		}
		finally {
			if (failure != null) {
				observation.error(failure);
			}
			observation.stop();
		}
	}

	/**
	 * An operation that somebody else observes.
	 *
	 * @param context what is known of it
	 */
	private record Joined(S4DBOperationContext context) implements OperationObservation {

		@Override
		public void read(ReadSource source) {
			this.context.read(source);
		}

		@Override
		public void end(@Nullable Throwable failure) {
			// Who observes it sees that itself.
		}

	}

	/** An operation that is observed here. */
	private static final class Own implements OperationObservation {

		private final S4DBOperationContext context;

		private final Observation observation;

		private final Observation.Scope scope;

		Own(S4DBOperationContext context, Observation observation) {
			this.context = context;
			this.observation = observation;
			this.scope = open(observation);
		}

		@Override
		public void read(ReadSource source) {
			this.context.read(source);
		}

		@Override
		public void end(@Nullable Throwable failure) {
			S4DBObservations.end(this.scope, this.observation, failure);
		}

	}

}
