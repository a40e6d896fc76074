package io.s4db.store.support;

import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a put may take effect.
 */
public final class Conditions {

	private Conditions() {
	}

	/**
	 * Checks a condition.
	 * @param presentETag the object's ETag; null if it is absent
	 * @throws PreconditionFailedException if the condition does not hold
	 */
	public static void check(String name, PutCondition condition, @Nullable String presentETag) {
		if (condition.requiresAbsent() && presentETag != null) {
			throw new PreconditionFailedException("'" + name + "' exists already (ETag " + presentETag + ")", null);
		}
		if (condition.requiredETag() != null && !condition.requiredETag().equals(presentETag)) {
			throw new PreconditionFailedException("'" + name + "' has not the ETag " + condition.requiredETag()
					+ " but " + ((presentETag != null) ? presentETag : "is absent"), null);
		}
	}

}
