package io.s4db.store.s3;

import java.time.Duration;
import java.util.List;

import io.s4db.store.support.RequestCounter;
import io.s4db.store.support.RequestKind;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * What each request is sent with: a limit to its time, and a counter of the attempts that
 * the SDK makes of it.
 */
final class S3Requests {

	/**
	 * How long a small request may take, with all its retries. Well below the time for
	 * which obsolete objects are kept, so that none takes effect after that.
	 */
	static final Duration TIMEOUT = Duration.ofSeconds(60);

	/** How long reading an object of unknown size may take. */
	static final Duration WHOLE_OBJECT_TIMEOUT = Duration.ofMinutes(5);

	/** The slowest transfer that is waited for. */
	private static final long BYTES_PER_SECOND = 256 << 10;

	/** The SDK's name for the metrics of one attempt. */
	private static final String ATTEMPT = "ApiCallAttempt";

	private final RequestCounter counter;

	/** What the client's owner observes it with, which ours would replace. */
	private final List<MetricPublisher> publishers;

	private final @Nullable Duration clientTimeout;

	S3Requests(S3Client client, RequestCounter counter) {
		this.counter = counter;
		ClientOverrideConfiguration configuration = configuration(client);
		this.publishers = (configuration != null) ? configuration.metricPublishers() : List.of();
		this.clientTimeout = (configuration != null) ? configuration.apiCallTimeout().orElse(null) : null;
	}

	private static @Nullable ClientOverrideConfiguration configuration(S3Client client) {
		try {
			return client.serviceClientConfiguration().overrideConfiguration();
		}
		catch (UnsupportedOperationException ex) {
			// a client of another's making
			return null;
		}
	}

	/** For a request without a large body. */
	AwsRequestOverrideConfiguration small(RequestKind kind) {
		return configuration(kind, 0, TIMEOUT);
	}

	/** For a request that receives that many bytes. */
	AwsRequestOverrideConfiguration receiving(RequestKind kind, long length) {
		return configuration(kind, 0, timeout(length));
	}

	/** For a request that receives a whole object. */
	AwsRequestOverrideConfiguration receivingWhole(RequestKind kind) {
		return configuration(kind, 0, WHOLE_OBJECT_TIMEOUT);
	}

	/** For a request that sends that many bytes. */
	AwsRequestOverrideConfiguration sending(RequestKind kind, long length) {
		return configuration(kind, length, timeout(length));
	}

	private static Duration timeout(long length) {
		return TIMEOUT.plusSeconds(length / BYTES_PER_SECOND);
	}

	private AwsRequestOverrideConfiguration configuration(RequestKind kind, long sent, Duration timeout) {
		AwsRequestOverrideConfiguration.Builder builder = AwsRequestOverrideConfiguration.builder()
			.apiCallTimeout((this.clientTimeout != null && this.clientTimeout.compareTo(timeout) < 0)
					? this.clientTimeout : timeout)
			.addMetricPublisher(new AttemptCounter(kind, sent));
		this.publishers.forEach(builder::addMetricPublisher);
		return builder.build();
	}

	/** Counts when the SDK has made its last attempt, before the call returns. */
	private final class AttemptCounter implements MetricPublisher {

		private final RequestKind kind;

		private final long sent;

		AttemptCounter(RequestKind kind, long sent) {
			this.kind = kind;
			this.sent = sent;
		}

		@Override
		public void publish(MetricCollection call) {
			long attempts = call.childrenWithName(ATTEMPT).count();
			S3Requests.this.counter.count(this.kind, attempts);
			S3Requests.this.counter.written(attempts * this.sent);
		}

		@Override
		public void close() {
			// holds nothing
		}

	}

}
