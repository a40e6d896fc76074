package io.s4db.spring;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.s4db.ReadSource;
import io.s4db.spring.S4DBObservationDocumentation.OperationKeys;

/**
 * The names and keys that {@link S4DBObservationDocumentation#OPERATION} documents.
 */
public class DefaultS4DBOperationConvention implements S4DBOperationConvention {

	/** For all databases. */
	public static final DefaultS4DBOperationConvention INSTANCE = new DefaultS4DBOperationConvention();

	@Override
	public String getName() {
		return S4DBTemplate.OBSERVATION_NAME;
	}

	@Override
	public String getContextualName(S4DBOperationContext context) {
		return "s4db " + context.getOperation().id();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(S4DBOperationContext context) {
		ReadSource source = context.getSource();
		return KeyValues.of(OperationKeys.DATABASE.withValue(context.getDatabase()),
				OperationKeys.OPERATION.withValue(context.getOperation().id()),
				OperationKeys.SOURCE.withValue((source != null) ? source.id() : KeyValue.NONE_VALUE));
	}

}
