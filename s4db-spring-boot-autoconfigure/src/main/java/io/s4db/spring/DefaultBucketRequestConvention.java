package io.s4db.spring;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.s4db.RequestOutcome;
import io.s4db.spring.S4DBObservationDocumentation.RequestDetails;
import io.s4db.spring.S4DBObservationDocumentation.RequestKeys;

/**
 * The names and keys that {@link S4DBObservationDocumentation#BUCKET_REQUEST} documents.
 */
public class DefaultBucketRequestConvention implements BucketRequestConvention {

	/** For all databases. */
	public static final DefaultBucketRequestConvention INSTANCE = new DefaultBucketRequestConvention();

	@Override
	public String getName() {
		return "s4db.bucket.request";
	}

	@Override
	public String getContextualName(BucketRequestContext context) {
		return "s4db bucket " + context.getRequest().id();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(BucketRequestContext context) {
		RequestOutcome outcome = context.getOutcome();
		return KeyValues.of(RequestKeys.DATABASE.withValue(context.getDatabase()),
				RequestKeys.REQUEST.withValue(context.getRequest().id()),
				RequestKeys.OUTCOME.withValue((outcome != null) ? outcome.id() : KeyValue.NONE_VALUE));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(BucketRequestContext context) {
		return KeyValues.of(RequestDetails.OBJECT.withValue(context.getObject()),
				RequestDetails.RETRIES.withValue(String.valueOf(context.getRetries())));
	}

}
