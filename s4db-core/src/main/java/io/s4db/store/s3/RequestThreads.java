package io.s4db.store.s3;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import software.amazon.awssdk.core.exception.AbortedException;

/**
 * Threads that wait for answers in the place of those that call, since a thread that
 * waits for a socket does not notice that it is interrupted, and a server that does not
 * answer would hold it for as long as the client's timeouts are. They start when they are
 * needed, end when they are not, and hinder no process from ending.
 */
final class RequestThreads implements AutoCloseable {

	private static final int IDLE_SECONDS = 10;

	private final AtomicInteger number = new AtomicInteger();

	private final ThreadPoolExecutor pool = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS,
			new SynchronousQueue<>(), (task) -> {
				Thread thread = new Thread(task, "s4db-request-" + this.number.incrementAndGet());
				thread.setDaemon(true);
				return thread;
			});

	/**
	 * Makes a call and waits for its end.
	 * @param handOver what a task goes through that another thread is to do
	 * @throws AbortedException if the thread is interrupted, before or while; it stays so
	 */
	<T> T call(Supplier<T> call, UnaryOperator<Runnable> handOver) {
		if (Thread.currentThread().isInterrupted()) {
			throw AbortedException.create("Interrupted");
		}
		FutureTask<T> task = new FutureTask<>(call::get);
		try {
			this.pool.execute(handOver.apply(task));
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// closed, or no more threads are to be had
			task.run();
		}
		try {
			return task.get();
		}
		catch (InterruptedException ex) {
			task.cancel(true);
			Thread.currentThread().interrupt();
			throw AbortedException.create("Interrupted", ex);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException exception) {
				throw exception;
			}
			if (ex.getCause() instanceof Error error) {
				throw error;
			}
			throw new IllegalStateException(ex.getCause());
		}
	}

	/** Has something done by another thread, if there is one. */
	void start(Runnable action) {
		try {
			this.pool.execute(action);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// closed, or no more threads are to be had
		}
	}

	@Override
	public void close() {
		this.pool.shutdown();
	}

}
