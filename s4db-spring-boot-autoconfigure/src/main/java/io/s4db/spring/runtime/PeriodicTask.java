package io.s4db.spring.runtime;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Something done again and again, one time after the other, with longer and longer pauses
 * while it fails.
 */
final class PeriodicTask {

	private static final Log logger = LogFactory.getLog(PeriodicTask.class);

	/** The longest pause, unless the interval itself is longer. */
	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

	private final String description;

	private final Duration interval;

	private final BackOff backOff;

	private final Runnable work;

	private final Tasks tasks;

	private boolean started;

	private int failures;

	private @Nullable Runnable cancelNext;

	/**
	 * Makes a task that does not run yet.
	 * @param description what it does, for the log: "upload of database 's4db'"
	 * @param interval the pause between the end of one run and the beginning of the next
	 * @param work what is done
	 * @param tasks where it runs
	 */
	PeriodicTask(String description, Duration interval, Runnable work, Tasks tasks) {
		this.description = description;
		this.interval = interval;
		this.backOff = new BackOff(interval.multipliedBy(2),
				(interval.compareTo(LONGEST_PAUSE) > 0) ? interval : LONGEST_PAUSE);
		this.work = work;
		this.tasks = tasks;
	}

	synchronized void start() {
		if (!this.started) {
			this.started = true;
			scheduleNext(this.interval);
		}
	}

	/** Begins no run any more; one that is under way goes on. */
	synchronized void stop() {
		this.started = false;
		if (this.cancelNext != null) {
			this.cancelNext.run();
			this.cancelNext = null;
		}
	}

	private void run() {
		synchronized (this) {
			if (!this.started) {
				return;
			}
		}
		RuntimeException failure = null;
		try {
			this.work.run();
		}
		catch (RuntimeException ex) {
			failure = ex;
		}
		synchronized (this) {
			Duration pause = (failure != null) ? failed(failure) : succeeded();
			if (this.started) {
				scheduleNext(pause);
			}
		}
	}

	private Duration succeeded() {
		if (this.failures > 0) {
			logger.info("The " + this.description + " works again after " + this.failures + " failures");
			this.failures = 0;
		}
		return this.interval;
	}

	private Duration failed(RuntimeException failure) {
		this.failures++;
		Duration pause = this.backOff.after(this.failures);
		logger.warn("The " + this.description + " failed (" + this.failures + " in a row) and is tried again in "
				+ pause.toSeconds() + " s: " + failure.getMessage());
		logger.debug("The cause", failure);
		return pause;
	}

	private void scheduleNext(Duration pause) {
		this.cancelNext = this.tasks.schedule(pause, this::run);
	}

}
