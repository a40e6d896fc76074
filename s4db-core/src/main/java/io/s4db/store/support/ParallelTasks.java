package io.s4db.store.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Numbered tasks, done by the calling thread with the help of an executor's. Since the
 * caller does what nobody else does, a busy executor, or one that the caller itself runs
 * in, delays but never blocks. The first failure ends it all: no task is begun any more,
 * and threads that help are interrupted. Used once.
 */
public final class ParallelTasks {

	private final int threads;

	private final int count;

	private final IntConsumer task;

	private final AtomicInteger next = new AtomicInteger();

	private volatile @Nullable Throwable failure;

	/** Guarded by this. */
	private int running;

	/** Guarded by this. */
	private boolean closed;

	/**
	 * Describes tasks.
	 * @param threads how many threads work at most, the caller's among them
	 * @param count how many tasks there are
	 * @param task does the task of a number from 0 on
	 */
	public ParallelTasks(int threads, int count, IntConsumer task) {
		this.threads = threads;
		this.count = count;
		this.task = task;
	}

	/**
	 * Does them all.
	 * @throws RuntimeException what a task threw first; none is running any more
	 * @throws CancellationException if the thread was interrupted while it waited for
	 * others; it stays interrupted
	 */
	public void run(Executor executor) {
		List<FutureTask<?>> helpers = new ArrayList<>();
		try {
			for (int i = 1; i < Math.min(this.threads, this.count); i++) {
				FutureTask<?> helper = new FutureTask<>(this::help, null);
				executor.execute(helper);
				helpers.add(helper);
			}
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// no more threads are to be had: with those that have begun, then
		}
		catch (RuntimeException | Error ex) {
			fail(ex);
		}
		work();
		awaitHelpers(helpers);
		Throwable thrown = this.failure;
		if (thrown instanceof RuntimeException exception) {
			throw exception;
		}
		if (thrown instanceof Error error) {
			throw error;
		}
	}

	private void work() {
		int number = this.next.getAndIncrement();
		while (number < this.count && this.failure == null) {
			try {
				this.task.accept(number);
			}
			catch (RuntimeException | Error ex) {
				fail(ex);
			}
			number = this.next.getAndIncrement();
		}
	}

	private void help() {
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.running++;
		}
		try {
			work();
		}
		finally {
			synchronized (this) {
				this.running--;
				notifyAll();
			}
		}
	}

	private synchronized void fail(Throwable thrown) {
		if (this.failure == null) {
			this.failure = thrown;
		}
	}

	private void awaitHelpers(List<FutureTask<?>> helpers) {
		boolean interrupted = Thread.interrupted();
		synchronized (this) {
			this.closed = true;
		}
		if (this.failure != null) {
			helpers.forEach((helper) -> helper.cancel(true));
		}
		synchronized (this) {
			while (this.running > 0) {
				try {
					wait();
				}
				catch (InterruptedException ex) {
					interrupted = true;
					fail(new CancellationException("Interrupted"));
					helpers.forEach((helper) -> helper.cancel(true));
				}
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
