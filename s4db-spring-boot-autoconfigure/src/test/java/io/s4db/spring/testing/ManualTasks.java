package io.s4db.spring.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import io.s4db.spring.runtime.Tasks;

/**
 * Tasks that run on the test's thread: those for now at once, those for later when the
 * test lets time pass.
 */
public class ManualTasks implements Tasks {

	private final List<Scheduled> scheduled = new ArrayList<>();

	private Instant now = Instant.parse("2026-01-01T00:00:00Z");

	private boolean holding;

	@Override
	public Clock clock() {
		return new Clock() {

			@Override
			public Instant instant() {
				return ManualTasks.this.now;
			}

			@Override
			public ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

		};
	}

	/** From now on work for now does not run: it never ends. */
	public void hold() {
		this.holding = true;
	}

	/** Work for now runs again at once. */
	public void release() {
		this.holding = false;
	}

	@Override
	public <T> CompletableFuture<T> run(Callable<T> work) {
		if (this.holding) {
			return new CompletableFuture<>();
		}
		try {
			return CompletableFuture.completedFuture(work.call());
		}
		catch (Exception ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public Runnable schedule(Duration delay, Runnable work) {
		Scheduled task = new Scheduled(this.now.plus(delay), work);
		this.scheduled.add(task);
		return () -> this.scheduled.remove(task);
	}

	/** Lets time pass, and runs what falls due meanwhile, in order. */
	public void pass(Duration time) {
		Instant until = this.now.plus(time);
		while (true) {
			Scheduled next = this.scheduled.stream()
				.filter((task) -> !task.due().isAfter(until))
				.min(Comparator.comparing(Scheduled::due))
				.orElse(null);
			if (next == null) {
				break;
			}
			this.scheduled.remove(next);
			this.now = next.due();
			next.work().run();
		}
		this.now = until;
	}

	/** How many tasks wait for their time. */
	public int waiting() {
		return this.scheduled.size();
	}

	@Override
	public void close() {
		this.scheduled.clear();
	}

	/**
	 * Something to run later.
	 *
	 * @param due when
	 * @param work what
	 */
	private record Scheduled(Instant due, Runnable work) {
	}

}
