package io.s4db.spring;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names and keys of the observations of {@linkplain S4DBOperationContext operations}. A
 * bean of this type takes the place of {@link DefaultS4DBOperationConvention}.
 */
public interface S4DBOperationConvention extends ObservationConvention<S4DBOperationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof S4DBOperationContext;
	}

}
