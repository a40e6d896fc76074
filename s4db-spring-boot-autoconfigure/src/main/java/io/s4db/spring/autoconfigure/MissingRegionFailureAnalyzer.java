package io.s4db.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Says what to do where the AWS SDK finds no region. It looks for one before any database
 * is made: that a bucket was forgotten too is told with it, and first.
 */
class MissingRegionFailureAnalyzer extends AbstractFailureAnalyzer<SdkClientException> {

	private static final String REGION = "spring.cloud.aws.region.static";

	private final BeanFactory beans;

	private final Environment environment;

	MissingRegionFailureAnalyzer(BeanFactory beans, Environment environment) {
		this.beans = beans;
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SdkClientException cause) {
		String message = String.valueOf(cause.getMessage());
		if (!message.contains("Unable to load region")) {
			return null;
		}
		String set = "Set " + REGION + " to the bucket's region, such as eu-central-1 (or the environment variable"
				+ " AWS_REGION).";
		PropertyNames names = withoutBucket();
		if (names != null) {
			return new FailureAnalysis(
					names.of("bucket") + " is not set, nor is " + REGION + ", and no region was found elsewhere.",
					StoreFactory.bucketNeeded(names) + " " + set, cause);
		}
		return new FailureAnalysis(REGION + " is not set, and no region was found elsewhere.",
				set + " If no bucket is used, set s4db.store to 'directory' or 'memory' and"
						+ " spring.cloud.aws.s3.enabled to false.",
				cause);
	}

	/** A database that is to be in a bucket, and nobody says in which. */
	private @Nullable PropertyNames withoutBucket() {
		if (!this.beans.containsBean(S4DBAutoConfiguration.CONNECTION_DETAILS_BEAN)) {
			return null;
		}
		Binder binder = Binder.get(this.environment);
		return NoBucketEnvironmentPostProcessor.inBuckets(this.environment)
			.filter((names) -> !names.isDefault() || this.beans.containsBean(NamedDatabases.STORE_BEAN))
			.filter((names) -> !StringUtils.hasText(names.value(binder, "bucket", String.class).orElse(null)))
			.findFirst()
			.orElse(null);
	}

}
