package io.s4db.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do where the AWS SDK finds no region.
 */
class MissingRegionFailureAnalyzer extends AbstractFailureAnalyzer<SdkClientException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SdkClientException cause) {
		String message = String.valueOf(cause.getMessage());
		if (!message.contains("Unable to load region")) {
			return null;
		}
		return new FailureAnalysis("spring.cloud.aws.region.static is not set, and no region was found elsewhere.",
				"Set spring.cloud.aws.region.static to the bucket's region, such as eu-central-1 (or the environment"
						+ " variable AWS_REGION). If no bucket is used, set s4db.store to 'directory' or 'memory' and"
						+ " spring.cloud.aws.s3.enabled to false.",
				cause);
	}

}
