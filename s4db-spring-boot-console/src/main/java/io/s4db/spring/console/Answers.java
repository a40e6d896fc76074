package io.s4db.spring.console;

import java.util.function.Supplier;

import io.s4db.spring.actuate.Failures;
import io.s4db.spring.runtime.ManagedDatabase;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Answers to the page: what it asked for, or what went wrong, which Actuator itself would
 * not say.
 */
final class Answers {

	private Answers() {
	}

	/**
	 * What the work gives; null (not found) if that is null.
	 * @param database the database that it is about; null if it is about none
	 */
	@SuppressWarnings("unchecked")
	static @Nullable WebEndpointResponse<Object> of(@Nullable ManagedDatabase database,
			Supplier<@Nullable Object> work) {
		try {
			Object answer = work.get();
			if (answer instanceof WebEndpointResponse<?> response) {
				return (WebEndpointResponse<Object>) response;
			}
			return (answer != null) ? new WebEndpointResponse<>(answer) : null;
		}
		catch (RefusedException ex) {
			return new WebEndpointResponse<>(new Problem(ex.getMessage(), null), ex.status());
		}
		catch (RuntimeException ex) {
			return failed(ex, database);
		}
	}

	private static WebEndpointResponse<Object> failed(RuntimeException failure, @Nullable ManagedDatabase database) {
		if (failure instanceof IllegalArgumentException || database == null) {
			String error = (failure.getMessage() != null) ? failure.getMessage() : failure.toString();
			return new WebEndpointResponse<>(new Problem(error, null), (database == null) ? 500 : 400);
		}
		Failures.Failure described = Failures.describe(failure, database);
		return new WebEndpointResponse<>(new Problem(described.error(), described.hint()), described.status());
	}

	/**
	 * What went wrong.
	 *
	 * @param error what
	 * @param hint what to do about it
	 */
	record Problem(@Nullable String error, @Nullable String hint) {
	}

}
