package io.s4db.engine.state;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.s4db.S4DBException;
import io.s4db.S4DBObserver;
import io.s4db.store.support.ParallelTasks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests in parallel. Whoever waits for a task that nobody has begun does it
 * himself: so tasks may wait for tasks, and an executor that is busy, or refuses, delays
 * but never blocks.
 */
public final class IoPool implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(IoPool.class);

	/** Tasks are a part of what those do who give them. */
	private final Executor executor;

	private final @Nullable ThreadPoolExecutor own;

	/** Tasks that were handed to the executor and have not ended. Guarded by itself. */
	private final Set<Task<?>> tasks = new HashSet<>();

	/** Guarded by tasks. */
	private boolean closed;

	/** A task, which whoever waits for it may do as well. */
	private final class Task<T> extends FutureTask<T> {

		/** The executor's thread that does it. Guarded by tasks. */
		private @Nullable Work work;

		Task(Supplier<T> supplier) {
			super(supplier::get);
		}

		/** By the executor. */
		void execute() {
			Work begun = new Work();
			synchronized (IoPool.this.tasks) {
				if (!IoPool.this.tasks.contains(this)) {
					return;
				}
				this.work = begun;
			}
			try {
				run();
			}
			finally {
				begun.end();
				forget();
			}
		}

		/** It ended, or will not be begun, unless the executor's thread is in it. */
		@Override
		protected void done() {
			synchronized (IoPool.this.tasks) {
				if (this.work == null) {
					forget();
				}
			}
		}

		private void forget() {
			synchronized (IoPool.this.tasks) {
				IoPool.this.tasks.remove(this);
				IoPool.this.tasks.notifyAll();
			}
		}

	}

	/**
	 * A pool.
	 * @param given what tasks run on; null for threads of its own
	 * @param threads how many those are
	 * @param observer who is told what is done; null if nobody is
	 */
	public IoPool(@Nullable Executor given, int threads, @Nullable S4DBObserver observer) {
		if (given != null) {
			this.executor = handingOver(given, observer);
			this.own = null;
		}
		else {
			AtomicInteger count = new AtomicInteger();
			ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS,
					new LinkedBlockingQueue<>(), (task) -> {
						return thread("s4db-io-" + count.incrementAndGet(), task);
					});
			pool.allowCoreThreadTimeOut(true);
			this.executor = handingOver(pool, observer);
			this.own = pool;
		}
	}

	private static Executor handingOver(Executor executor, @Nullable S4DBObserver observer) {
		return (observer == null) ? executor : (task) -> executor.execute(observer.handOver(task));
	}

	/** A thread that does not keep the process from ending. */
	public static Thread thread(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		return thread;
	}

	/** Begins a task, to be waited for with {@link #await}. */
	public <T> Future<T> submit(Supplier<T> task) {
		Task<T> future = new Task<>(task);
		// If not, whoever waits for it does it, and is told if the database is closed.
		handOver(future);
		return future;
	}

	/** Begins a task that nobody waits for; false if it will not be done. */
	public <T> boolean offer(Supplier<T> task) {
		Task<T> future = new Task<>(task);
		boolean begun = false;
		try {
			begun = handOver(future);
			return begun;
		}
		finally {
			if (!begun) {
				future.cancel(false);
			}
		}
	}

	private boolean handOver(Task<?> task) {
		synchronized (this.tasks) {
			if (this.closed) {
				return false;
			}
			this.tasks.add(task);
		}
		try {
			this.executor.execute(task::execute);
			return true;
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			logger.debug("The executor refuses a task", ex);
			return false;
		}
	}

	/**
	 * Applies a function to each item, some at a time, the calling thread among those
	 * that do it.
	 * @param parallelism how many at a time
	 * @return the results, in the order of the items
	 * @throws RuntimeException the first failure, once all that were begun have ended
	 */
	public <I, T> List<T> map(int parallelism, Collection<I> items, Function<I, T> function) {
		List<I> list = List.copyOf(items);
		AtomicReferenceArray<T> results = new AtomicReferenceArray<>(list.size());
		try {
			new ParallelTasks(parallelism, list.size(), (i) -> results.set(i, function.apply(list.get(i))))
				.run(this.executor);
		}
		catch (CancellationException ex) {
			throw interrupted(ex);
		}
		return IntStream.range(0, list.size()).mapToObj(results::get).toList();
	}

	/** Waits for a task whose result does not matter any more. */
	public static void awaitEnd(Future<?> future) {
		try {
			join(future);
		}
		catch (RuntimeException | Error ex) {
			// The failure that ended the others is what is reported.
		}
	}

	/** Waits for a task that must be waited for, also if the thread is interrupted. */
	static void join(Future<?> future) {
		boolean interrupted = Thread.interrupted();
		try {
			while (true) {
				try {
					begin(future);
					result(future);
					return;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** Waits for a task's result. */
	public static <T> T await(Future<T> future) {
		try {
			begin(future);
			return result(future);
		}
		catch (InterruptedException ex) {
			future.cancel(false);
			Thread.currentThread().interrupt();
			throw interrupted(ex);
		}
	}

	private static <T> T result(Future<T> future) throws InterruptedException {
		try {
			return future.get();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException cause) {
				throw cause;
			}
			if (ex.getCause() instanceof Error cause) {
				throw cause;
			}
			throw new S4DBException("A request failed: " + ex.getCause(), ex.getCause());
		}
		catch (CancellationException ex) {
			throw new S4DBException("A request was cancelled", ex);
		}
	}

	/** Does a task here and now if nobody has begun it. */
	private static void begin(Future<?> future) {
		if (future instanceof FutureTask<?> task) {
			task.run();
		}
	}

	/** Ends long work of a thread that was interrupted. */
	public static void checkInterrupted() {
		if (Thread.currentThread().isInterrupted()) {
			throw interrupted(new InterruptedException());
		}
	}

	private static S4DBException interrupted(@Nullable Exception cause) {
		return new S4DBException("Interrupted; what was begun is left in a correct state", cause);
	}

	/**
	 * Begins no task any more, and interrupts those that were begun.
	 */
	@Override
	public void close() {
		List<Task<?>> left;
		synchronized (this.tasks) {
			this.closed = true;
			left = List.copyOf(this.tasks);
		}
		for (Task<?> task : left) {
			// One that somebody waits for may be in that one's thread: not interrupted.
			task.cancel(false);
			synchronized (this.tasks) {
				if (task.work != null) {
					task.work.interrupt();
				}
			}
		}
		if (this.own != null) {
			this.own.shutdown();
		}
	}

	/** Once closed: waits for the end of those tasks that were begun. */
	public void awaitEnd() {
		boolean interrupted = false;
		synchronized (this.tasks) {
			while (!this.tasks.isEmpty()) {
				try {
					this.tasks.wait();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
