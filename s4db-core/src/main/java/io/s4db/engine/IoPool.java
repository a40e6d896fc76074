package io.s4db.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

import io.s4db.S4DBException;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests in parallel. Tasks must not wait for other tasks of the pool.
 */
final class IoPool implements AutoCloseable {

	private final Executor executor;

	private final @Nullable ThreadPoolExecutor own;

	IoPool(@Nullable Executor given, int threads) {
		if (given != null) {
			this.executor = given;
			this.own = null;
		}
		else {
			AtomicInteger count = new AtomicInteger();
			ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS,
					new LinkedBlockingQueue<>(), (task) -> {
						Thread thread = new Thread(task, "s4db-io-" + count.incrementAndGet());
						thread.setDaemon(true);
						return thread;
					});
			pool.allowCoreThreadTimeOut(true);
			this.executor = pool;
			this.own = pool;
		}
	}

	<T> CompletableFuture<T> submit(Supplier<T> task) {
		return CompletableFuture.supplyAsync(task, this.executor);
	}

	/**
	 * Applies a function to each item, some at a time.
	 * @param parallelism how many at a time
	 * @return the results, in the order of the items
	 * @throws RuntimeException the first failure, once all that were begun have ended
	 */
	<I, T> List<T> map(int parallelism, Collection<I> items, Function<I, T> function) {
		if (items.size() == 1 || parallelism == 1) {
			return new ArrayList<>(items.stream().map(function).toList());
		}
		List<T> results = new ArrayList<>(items.size());
		Deque<CompletableFuture<T>> running = new ArrayDeque<>();
		Iterator<I> iterator = items.iterator();
		try {
			while (iterator.hasNext() || !running.isEmpty()) {
				while (iterator.hasNext() && running.size() < parallelism) {
					I item = iterator.next();
					running.add(submit(() -> function.apply(item)));
				}
				results.add(await(running.element()));
				running.remove();
			}
			return results;
		}
		finally {
			for (CompletableFuture<T> future : running) {
				awaitEnd(future);
			}
		}
	}

	/** Waits for a task whose result does not matter any more. */
	static void awaitEnd(CompletableFuture<?> future) {
		try {
			future.join();
		}
		catch (RuntimeException ex) {
			// The failure that ended the others is what is reported.
		}
	}

	/** Waits for a task's result. */
	static <T> T await(CompletableFuture<T> future) {
		try {
			return future.get();
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			Thread.currentThread().interrupt();
			throw new S4DBException("Interrupted; what was begun is left in a correct state", ex);
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

	/** Ends long work of a thread that was interrupted. */
	static void checkInterrupted() {
		if (Thread.currentThread().isInterrupted()) {
			throw new S4DBException("Interrupted; what was begun is left in a correct state");
		}
	}

	@Override
	public void close() {
		if (this.own != null) {
			this.own.shutdown();
		}
	}

}
