package io.s4db.engine.write;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import io.s4db.S4DBClosedException;
import io.s4db.local.NotWrittenException;
import org.jspecify.annotations.Nullable;

/**
 * How the last write ended. May be used by any number of threads; success costs one
 * volatile read.
 */
public final class LastWrite {

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	public void succeeded() {
		if (this.failure.get() != null) {
			this.failure.set(null);
		}
	}

	/**
	 * If the local directory was to blame: looks whether it still would be, so that the
	 * next write need not be waited for.
	 * @param canWrite whether a write would get there
	 */
	public void tryAgain(BooleanSupplier canWrite) {
		Throwable reason = this.failure.get();
		if (reason instanceof NotWrittenException && canWrite.getAsBoolean()) {
			// Not if another write failed meanwhile.
			this.failure.compareAndSet(reason, null);
		}
	}

	public void failed(Throwable reason) {
		if (!(reason instanceof S4DBClosedException)) {
			this.failure.set(reason);
		}
	}

	/** Why it failed; null if it did not. */
	public @Nullable String problem() {
		Throwable reason = this.failure.get();
		if (reason == null) {
			return null;
		}
		String message = reason.getMessage();
		return (message == null || reason instanceof Error) ? reason.toString() : message;
	}

}
