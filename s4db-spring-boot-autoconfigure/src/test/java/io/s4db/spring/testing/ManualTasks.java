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
import org.jspecify.annotations.Nullable;

/**
 * Tasks that run on the test's thread: those for now at once, those that are repeated
 * when the test lets time pass.
 */
public class ManualTasks implements Tasks {

	private final List<Repeated> repeated = new ArrayList<>();

	private Instant now = Instant.parse("2026-01-01T00:00:00Z");

	private boolean holding;

	private @Nullable Error noThread;

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

	/** From now on there is no thread for work; null for there is. */
	public void noThread(@Nullable Error failure) {
		this.noThread = failure;
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
		Error present = this.noThread;
		if (present != null) {
			return CompletableFuture.failedFuture(present);
		}
		try {
			return CompletableFuture.completedFuture(work.call());
		}
		catch (Exception | Error ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public Runnable repeat(Duration period, Runnable beat) {
		Repeated task = new Repeated(period, beat, this.now.plus(period));
		this.repeated.add(task);
		return () -> this.repeated.remove(task);
	}

	/** Sets the clock; what is repeated goes on as if nothing had happened. */
	public void setClock(Instant time) {
		Duration step = Duration.between(this.now, time);
		this.now = time;
		this.repeated.forEach((task) -> task.due = task.due.plus(step));
	}

	/** Lets time pass, and runs what falls due meanwhile, in order. */
	public void pass(Duration time) {
		Instant until = this.now.plus(time);
		while (true) {
			Repeated next = this.repeated.stream()
				.filter((task) -> !task.due.isAfter(until))
				.min(Comparator.comparing((task) -> task.due))
				.orElse(null);
			if (next == null) {
				break;
			}
			this.now = next.due;
			next.due = next.due.plus(next.period);
			next.beat.run();
		}
		this.now = until;
	}

	/** How many things are repeated. */
	public int waiting() {
		return this.repeated.size();
	}

	@Override
	public void close() {
		this.repeated.clear();
	}

	/** Something done again and again. */
	private static final class Repeated {

		private final Duration period;

		private final Runnable beat;

		private Instant due;

		Repeated(Duration period, Runnable beat, Instant due) {
			this.period = period;
			this.beat = beat;
			this.due = due;
		}

	}

}
