package io.s4db.spring.runtime;

import java.time.Duration;
import java.util.concurrent.CancellationException;

import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Gives each piece of work a thread. Closing interrupts what runs, and gives it some time
 * to end.
 */
public class WorkExecutor extends SimpleAsyncTaskExecutor {

	private static final long serialVersionUID = 1L;

	/**
	 * Makes an executor.
	 * @param virtual whether threads are virtual
	 * @param patience how long threads get to end after they were interrupted
	 */
	public WorkExecutor(boolean virtual, Duration patience) {
		super("s4db-");
		setVirtualThreads(virtual);
		setCancelRemainingTasksOnClose(true);
		setTaskTerminationTimeout(patience.toMillis());
	}

	@Override
	protected void doExecute(Runnable task) {
		super.doExecute(() -> runUnlessClosed(task));
	}

	/**
	 * A thread that begins when the executor has just been closed is not worth a word.
	 */
	private static void runUnlessClosed(Runnable task) {
		try {
			task.run();
		}
		catch (CancellationException ex) {
			// It did not run.
		}
	}

}
