package io.s4db.spring.console;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;

/**
 * Whether things may be changed through the console, and if not, what would have to be
 * set.
 *
 * @param actionsAllowed whether they may
 * @param reason why not; null if they may
 */
record Permission(boolean actionsAllowed, @Nullable String reason) {

	private static final String ACCESS = "management.endpoint.s4db-console.access=unrestricted";

	private static final String ALLOWED = "s4db.console.actions-allowed=true";

	/**
	 * Both must agree.
	 * @param access the access that Actuator gives to the endpoint
	 * @param allowed the console's own setting
	 */
	static Permission of(Access access, boolean allowed) {
		boolean unrestricted = (access == Access.UNRESTRICTED);
		if (unrestricted && allowed) {
			return new Permission(true, null);
		}
		String missing = unrestricted ? ALLOWED : allowed ? ACCESS : ACCESS + " and " + ALLOWED;
		return new Permission(false, "This console is read-only. To change anything here, set " + missing + ".");
	}

}
