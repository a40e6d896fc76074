package io.s4db.store;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * When a put may take effect.
 */
public final class PutCondition {

	private static final PutCondition NONE = new PutCondition(false, null);

	private static final PutCondition IF_ABSENT = new PutCondition(true, null);

	private final boolean absent;

	private final @Nullable String eTag;

	private PutCondition(boolean absent, @Nullable String eTag) {
		this.absent = absent;
		this.eTag = eTag;
	}

	/** Always. */
	public static PutCondition none() {
		return NONE;
	}

	/** Only if there is no object of that name ({@code If-None-Match: *}). */
	public static PutCondition ifAbsent() {
		return IF_ABSENT;
	}

	/** Only if the object of that name has this ETag ({@code If-Match}). */
	public static PutCondition ifMatch(String eTag) {
		return new PutCondition(false, Objects.requireNonNull(eTag));
	}

	/** Whether there must be no object of that name. */
	public boolean requiresAbsent() {
		return this.absent;
	}

	/** The ETag that the object must have; null for no such condition. */
	public @Nullable String requiredETag() {
		return this.eTag;
	}

	@Override
	public String toString() {
		return this.absent ? "If-None-Match: *" : (this.eTag != null) ? "If-Match: " + this.eTag : "no condition";
	}

}
