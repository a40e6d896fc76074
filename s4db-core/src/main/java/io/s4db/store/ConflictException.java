package io.s4db.store;

import io.s4db.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Another request on the object was under way, and this one gave way to it (409): a race
 * that is being lost, not an outage. Worth trying again soon. What is there now, which
 * may be what an earlier try of this request wrote, is found out by reading it, as after
 * {@link PreconditionFailedException}.
 */
public class ConflictException extends StoreUnavailableException {

	private static final long serialVersionUID = 1L;

	public ConflictException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
