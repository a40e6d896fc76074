package io.s4db.spring.runtime;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;

import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.TaskScheduler;

/**
 * {@link Tasks} on a scheduler, whose one thread only says when, and an executor, which
 * gives each piece of work a thread. Both are private to s4db and closed with it.
 */
public final class SpringTasks implements Tasks {

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
		return this.executor.submitCompletable(work);
	}

	@Override
	public Runnable schedule(Duration delay, Runnable work) {
		ScheduledFuture<?> scheduled = this.scheduler.schedule(() -> begin(work), clock().instant().plus(delay));
		return () -> {
			if (scheduled != null) {
				scheduled.cancel(false);
			}
		};
	}

	private void begin(Runnable work) {
		if (!this.closed) {
			this.executor.execute(work);
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
