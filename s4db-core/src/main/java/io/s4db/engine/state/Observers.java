package io.s4db.engine.state;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

import io.s4db.ReadSource;
import io.s4db.RequestOutcome;
import io.s4db.S4DBObserver;
import io.s4db.S4DBOperation;
import io.s4db.StoreRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All who observe a database. What one of them throws is logged, the first time as a
 * warning, and keeps neither the database nor the others from what they do.
 */
public final class Observers implements S4DBObserver {

	private static final Logger logger = LoggerFactory.getLogger(Observers.class);

	private final S4DBObserver[] observers;

	private final AtomicBoolean warned = new AtomicBoolean();

	private Observers(List<S4DBObserver> observers) {
		this.observers = observers.toArray(S4DBObserver[]::new);
	}

	/** Them as one; null if there is none, so that nothing is spent on it. */
	public static @Nullable S4DBObserver of(List<S4DBObserver> observers) {
		return observers.isEmpty() ? null : new Observers(observers);
	}

	/**
	 * Does something that an observer is told of, if there is one.
	 * @param work what is done, with the one who is to be told of values that are read
	 */
	public static <T extends @Nullable Object> T observed(@Nullable S4DBObserver observer, S4DBOperation operation,
			Function<OperationObservation, T> work) {
		if (observer == null) {
			return work.apply(OperationObservation.NONE);
		}
		OperationObservation observation = observer.begin(operation);
		T result;
		try {
			result = work.apply(observation);
		}
		catch (RuntimeException | Error ex) {
			observation.end(ex);
			throw ex;
		}
		observation.end(null);
		return result;
	}

	/** What the thread is doing goes on in another one, if somebody observes it. */
	public static Runnable handOver(@Nullable S4DBObserver observer, Runnable task) {
		return (observer != null) ? observer.handOver(task) : task;
	}

	@Override
	public OperationObservation begin(S4DBOperation operation) {
		OperationObservation[] all = new OperationObservation[this.observers.length];
		for (int i = 0; i < all.length; i++) {
			S4DBObserver observer = this.observers[i];
			all[i] = guarded(() -> observer.begin(operation), OperationObservation.NONE);
		}
		return new OperationObservation() {

			@Override
			public void read(ReadSource source) {
				for (OperationObservation one : all) {
					try {
						one.read(source);
					}
					catch (RuntimeException | Error ex) {
						failed(ex);
					}
				}
			}

			@Override
			public void end(@Nullable Throwable failure) {
				for (int i = all.length - 1; i >= 0; i--) {
					try {
						all[i].end(failure);
					}
					catch (RuntimeException | Error ex) {
						failed(ex);
					}
				}
			}

		};
	}

	@Override
	public RequestObservation begin(StoreRequest request, String object) {
		RequestObservation[] all = new RequestObservation[this.observers.length];
		for (int i = 0; i < all.length; i++) {
			S4DBObserver observer = this.observers[i];
			all[i] = guarded(() -> observer.begin(request, object), RequestObservation.NONE);
		}
		return (RequestOutcome outcome, long retries, @Nullable Throwable failure) -> {
			for (int i = all.length - 1; i >= 0; i--) {
				try {
					all[i].end(outcome, retries, failure);
				}
				catch (RuntimeException | Error ex) {
					failed(ex);
				}
			}
		};
	}

	@Override
	public Runnable handOver(Runnable task) {
		Runnable handedOver = task;
		for (S4DBObserver observer : this.observers) {
			handedOver = once(observer, handedOver);
		}
		return handedOver;
	}

	/** The task is done once, whatever an observer makes of it. */
	private Runnable once(S4DBObserver observer, Runnable task) {
		FutureTask<?> done = new FutureTask<>(task, null);
		Runnable given = guarded(() -> Objects.requireNonNull(observer.handOver(done)), done);
		return () -> {
			try {
				given.run();
			}
			catch (RuntimeException | Error ex) {
				failed(ex);
			}
			IoPool.await(done);
		};
	}

	private <T> T guarded(Supplier<T> call, T otherwise) {
		try {
			return call.get();
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
			return otherwise;
		}
	}

	private void failed(Throwable failure) {
		try {
			if (this.warned.compareAndSet(false, true)) {
				logger.warn("An observer failed; what it does later is logged at debug level only", failure);
			}
			else {
				logger.debug("An observer failed", failure);
			}
		}
		catch (RuntimeException | Error ex) {
			// There is no memory for a line.
		}
	}

}
