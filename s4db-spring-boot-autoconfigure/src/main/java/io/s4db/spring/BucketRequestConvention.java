package io.s4db.spring;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names and keys of the observations of {@linkplain BucketRequestContext requests to the
 * bucket}. A bean of this type takes the place of {@link DefaultBucketRequestConvention}.
 */
public interface BucketRequestConvention extends ObservationConvention<BucketRequestContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof BucketRequestContext;
	}

}
