package io.s4db.spring.console;

import java.util.function.Supplier;

import io.s4db.CorruptDataException;
import io.s4db.S4DBClosedException;
import io.s4db.StoreUnavailableException;
import io.s4db.WriterFencedException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Answers to the page: what it asked for, or what went wrong, which Actuator itself would
 * not say.
 */
final class Answers {

	private Answers() {
	}

	/** What the work gives; null (not found) if that is null. */
	@SuppressWarnings("unchecked")
	static @Nullable WebEndpointResponse<Object> of(Supplier<@Nullable Object> work) {
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
			return failed(ex);
		}
	}

	private static WebEndpointResponse<Object> failed(RuntimeException failure) {
		String error = (failure.getMessage() != null) ? failure.getMessage() : failure.toString();
		if (failure instanceof IllegalArgumentException) {
			return new WebEndpointResponse<>(new Problem(error, null), 400);
		}
		if (failure instanceof UnsupportedOperationException) {
			return new WebEndpointResponse<>(new Problem(error, "The database is opened read-only."), 409);
		}
		if (failure instanceof WriterFencedException) {
			return new WebEndpointResponse<>(
					new Problem(error,
							"Another writer has taken over. Restart this application to make it the writer again."),
					409);
		}
		if (failure instanceof StoreUnavailableException || failure instanceof S4DBClosedException) {
			return new WebEndpointResponse<>(new Problem(error, "Nothing was lost. Try again later."), 503);
		}
		if (failure instanceof CorruptDataException) {
			return new WebEndpointResponse<>(new Problem(error, "The action verify shows all that is damaged."), 500);
		}
		return new WebEndpointResponse<>(new Problem(error, null), 500);
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
