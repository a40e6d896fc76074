package io.s4db.spring.autoconfigure;

/**
 * A property {@code s4db.*} is missing or wrong: the application cannot start.
 */
public class InvalidS4DBPropertyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String action;

	/**
	 * Says what is wrong.
	 * @param property the property's name
	 * @param problem what is wrong, a sentence that names it
	 * @param action what to do about it
	 */
	InvalidS4DBPropertyException(String property, String problem, String action) {
		super(problem);
		this.property = property;
		this.action = action;
	}

	/** The property's name. */
	public String getProperty() {
		return this.property;
	}

	/** What to do about it. */
	public String getAction() {
		return this.action;
	}

}
