package io.s4db.spring.runtime;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * Where work beside the application's calls runs: threads and clock of our own, so that
 * the application's schedulers and executors stay as they are. May be used by any number
 * of threads.
 */
public interface Tasks extends AutoCloseable {

	/** What time it is. */
	Clock clock();

	/** Runs something now, on a thread of its own. */
	<T> CompletableFuture<T> run(Callable<T> work);

	/**
	 * Runs something later, on a thread of its own.
	 * @return takes the task back if it has not begun
	 */
	Runnable schedule(Duration delay, Runnable work);

	/** Begins nothing any more, and interrupts what runs. */
	@Override
	void close();

}
