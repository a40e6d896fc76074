package io.s4db.spring.runtime;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.TaskScheduler;

/**
 * {@link Tasks} on a scheduler, whose one thread only says when, and an executor, which
 * gives each piece of work a thread. Both are private to s4db and closed with it.
 */
public class SpringTasks implements Tasks {

	private static final Log logger = LogFactory.getLog(SpringTasks.class);

	private final TaskScheduler scheduler;

	private final AsyncTaskExecutor executor;

	private volatile boolean closed;

	public SpringTasks(TaskScheduler scheduler, AsyncTaskExecutor executor) {
		this.scheduler = scheduler;
		this.executor = executor;
	}

	@Override
	public Clock clock() {
		return this.scheduler.getClock();
	}

	@Override
	public <T> CompletableFuture<T> run(Callable<T> work) {
		CompletableFuture<T> done = new CompletableFuture<>();
		try {
			this.executor.execute(() -> complete(done, work));
		}
		catch (RuntimeException | Error ex) {
			done.completeExceptionally(ex);
		}
		return done;
	}

	private static <T> void complete(CompletableFuture<T> done, Callable<T> work) {
		try {
			done.complete(work.call());
		}
		catch (Exception | Error ex) {
			done.completeExceptionally(ex);
		}
	}

	@Override
	public Runnable repeat(Duration period, Runnable beat) {
		ScheduledFuture<?> scheduled = this.scheduler.scheduleWithFixedDelay(() -> call(beat),
				clock().instant().plus(period), period);
		return () -> scheduled.cancel(false);
	}

	/** Never throws: the scheduler would not call it again. */
	private void call(Runnable beat) {
		try {
			if (!this.closed) {
				beat.run();
			}
		}
		catch (RuntimeException | Error ex) {
			log(ex);
		}
	}

	private static void log(Throwable failure) {
		try {
			logger.warn("Something that is done again and again failed; it goes on", failure);
		}
		catch (RuntimeException | Error ex) {
			// There is no memory for this line.
		}
	}

	@Override
	public void close() {
		this.closed = true;
		close(this.scheduler);
		close(this.executor);
	}

	private static void close(Object resource) {
		if (resource instanceof AutoCloseable closeable) {
			try {
				closeable.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException("Could not stop " + resource, ex);
			}
		}
	}

}
