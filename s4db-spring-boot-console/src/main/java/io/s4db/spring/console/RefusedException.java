package io.s4db.spring.console;

/**
 * The page asked for something that there is not, or that it may not have.
 */
class RefusedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int status;

	/**
	 * Refuses.
	 * @param status the HTTP status
	 * @param message why
	 */
	RefusedException(int status, String message) {
		super(message);
		this.status = status;
	}

	int status() {
		return this.status;
	}

}
