package io.s4db.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

import io.s4db.ReadSource;
import io.s4db.RequestOutcome;
import io.s4db.S4DBObserver;
import io.s4db.S4DBOperation;
import io.s4db.StoreRequest;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what it is told, each with what it is a part of, as a tracer would.
 */
class RecordingObserver implements S4DBObserver {

	private final ThreadLocal<Deque<String>> doing = ThreadLocal.withInitial(ArrayDeque::new);

	/** "get[LOCAL]", "upload > put manifest.json SUCCESS", "get failed". */
	private final List<String> told = Collections.synchronizedList(new ArrayList<>());

	List<String> told() {
		synchronized (this.told) {
			List<String> copy = List.copyOf(this.told);
			this.told.clear();
			return copy;
		}
	}

	private String inside(String what) {
		String outer = this.doing.get().peek();
		return (outer != null) ? outer + " > " + what : what;
	}

	@Override
	public OperationObservation begin(S4DBOperation operation) {
		String path = inside(operation.id());
		List<ReadSource> sources = Collections.synchronizedList(new ArrayList<>());
		this.doing.get().push(path);
		return new OperationObservation() {

			@Override
			public void read(ReadSource source) {
				sources.add(source);
			}

			@Override
			public void end(@Nullable Throwable failure) {
				String ended = RecordingObserver.this.doing.get().pop();
				if (!ended.equals(path)) {
					throw new IllegalStateException(path + " ended as " + ended);
				}
				List<ReadSource> sorted = new ArrayList<>(sources);
				Collections.sort(sorted);
				RecordingObserver.this.told.add(path + (sorted.isEmpty() ? "" : sorted)
						+ ((failure != null) ? " failed with " + failure.getClass().getSimpleName() : ""));
			}

		};
	}

	@Override
	public RequestObservation begin(StoreRequest request, String object) {
		String path = inside(request.id() + " " + object);
		return (RequestOutcome outcome, long retries, @Nullable Throwable failure) -> this.told
			.add(path + " " + outcome.id() + ((retries > 0) ? " after " + retries : ""));
	}

	@Override
	public Runnable handOver(Runnable task) {
		String outer = this.doing.get().peek();
		return () -> {
			if (outer == null) {
				task.run();
				return;
			}
			this.doing.get().push(outer);
			try {
				task.run();
			}
			finally {
				this.doing.get().pop();
			}
		};
	}

}
