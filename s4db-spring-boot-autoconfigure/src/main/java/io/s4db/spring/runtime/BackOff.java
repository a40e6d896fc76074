package io.s4db.spring.runtime;

/**
 * How many beats to let pass before another try: twice as many after each failure, up to
 * a limit.
 *
 * @param first after the first failure
 * @param most at most
 */
record BackOff(long first, long most) {

	/** How many beats after so many failures in a row, one at least. */
	long after(int failures) {
		int doublings = Math.min(failures - 1, 30);
		return Math.min(this.first << doublings, this.most);
	}

}
