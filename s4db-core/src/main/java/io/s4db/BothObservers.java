package io.s4db;

import org.jspecify.annotations.Nullable;

/**
 * Two observers as one: what the first is told first, it is told last at the end.
 */
final class BothObservers implements S4DBObserver {

	private final S4DBObserver first;

	private final S4DBObserver second;

	BothObservers(S4DBObserver first, S4DBObserver second) {
		this.first = first;
		this.second = second;
	}

	@Override
	public OperationObservation begin(S4DBOperation operation) {
		OperationObservation outer = this.first.begin(operation);
		OperationObservation inner;
		try {
			inner = this.second.begin(operation);
		}
		catch (RuntimeException | Error ex) {
			outer.end(ex);
			throw ex;
		}
		return new OperationObservation() {

			@Override
			public void read(ReadSource source) {
				try {
					outer.read(source);
				}
				finally {
					inner.read(source);
				}
			}

			@Override
			public void end(@Nullable Throwable failure) {
				try {
					inner.end(failure);
				}
				finally {
					outer.end(failure);
				}
			}

		};
	}

	@Override
	public RequestObservation begin(StoreRequest request, String object) {
		RequestObservation outer = this.first.begin(request, object);
		RequestObservation inner;
		try {
			inner = this.second.begin(request, object);
		}
		catch (RuntimeException | Error ex) {
			outer.end(RequestOutcome.ERROR, 0, ex);
			throw ex;
		}
		return (outcome, retries, failure) -> {
			try {
				inner.end(outcome, retries, failure);
			}
			finally {
				outer.end(outcome, retries, failure);
			}
		};
	}

	@Override
	public Runnable handOver(Runnable task) {
		return this.first.handOver(this.second.handOver(task));
	}

}
