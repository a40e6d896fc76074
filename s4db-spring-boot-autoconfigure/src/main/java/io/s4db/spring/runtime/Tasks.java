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

	/**
	 * Runs something now, on a thread of its own.
	 * @return what comes of it. Where no thread can be made it has failed with that: this
	 * method never throws
	 */
	<T> CompletableFuture<T> run(Callable<T> work);

	/**
	 * Calls something again and again. It is not scheduled anew each time, so nothing
	 * that goes wrong between two beats can end it; nor does a clock that is set.
	 * @param period the pause before each beat
	 * @param beat what is called: it must be short, as all beats share a thread. What it
	 * throws is logged, and changes nothing
	 * @return ends it
	 */
	Runnable repeat(Duration period, Runnable beat);

	/** Begins nothing any more, and interrupts what runs. */
	@Override
	void close();

}
