package io.s4db.store.s3;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Threads that help with large objects: those that were given, or a few own ones that
 * start when they are needed, end when they are not, and hinder no process from ending.
 */
final class TransferThreads implements AutoCloseable {

	private static final int THREADS = 8;

	private final @Nullable Executor given;

	private @Nullable ThreadPoolExecutor own;

	private boolean closed;

	TransferThreads(@Nullable Executor given) {
		this.given = given;
	}

	/** An executor; one that takes no tasks after {@link #close()}. */
	synchronized Executor executor() {
		if (this.given != null) {
			return this.given;
		}
		if (this.closed) {
			return (task) -> {
				throw new RejectedExecutionException("The store is closed");
			};
		}
		if (this.own == null) {
			AtomicInteger number = new AtomicInteger();
			this.own = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
					(task) -> {
						Thread thread = new Thread(task, "s4db-transfer-" + number.incrementAndGet());
						thread.setDaemon(true);
						return thread;
					});
			this.own.allowCoreThreadTimeOut(true);
		}
		return this.own;
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.own != null) {
			this.own.shutdown();
		}
	}

}
