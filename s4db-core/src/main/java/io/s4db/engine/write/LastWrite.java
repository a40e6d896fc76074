package io.s4db.engine.write;

import io.s4db.S4DBClosedException;
import org.jspecify.annotations.Nullable;

/**
 * How the last write ended. May be used by any number of threads; success costs one
 * volatile read.
 */
public final class LastWrite {

	private volatile @Nullable Throwable failure;

	public void succeeded() {
		if (this.failure != null) {
			this.failure = null;
		}
	}

	public void failed(Throwable reason) {
		if (!(reason instanceof S4DBClosedException)) {
			this.failure = reason;
		}
	}

	/** Why it failed; null if it did not. */
	public @Nullable String problem() {
		Throwable reason = this.failure;
		if (reason == null) {
			return null;
		}
		String message = reason.getMessage();
		return (message == null || reason instanceof Error) ? reason.toString() : message;
	}

}
