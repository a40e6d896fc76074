package io.s4db.spring.runtime;

import java.time.Duration;

/**
 * How long to wait before another try: twice as long after each failure, up to a limit.
 *
 * @param first after the first failure
 * @param most at most
 */
record BackOff(Duration first, Duration most) {

	/** How long to wait after so many failures in a row, one at least. */
	Duration after(int failures) {
		int doublings = Math.min(failures - 1, 30);
		Duration wait = this.first.multipliedBy(1L << doublings);
		return (wait.compareTo(this.most) < 0) ? wait : this.most;
	}

}
