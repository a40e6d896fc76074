package io.s4db.store.s3;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

import io.s4db.S4DBObserver;
import io.s4db.StoreRequest;
import io.s4db.store.support.RequestCounter;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Makes each request: with a limit to its time, a counter of the attempts that the SDK
 * makes of it, and a thread that waits for it.
 */
final class S3Requests implements AutoCloseable {

	/**
	 * How long a small request may take, with all its retries. Well below the time for
	 * which obsolete objects are kept, so that none takes effect after that.
	 */
	static final Duration TIMEOUT = Duration.ofSeconds(60);

	/** How long reading an object of unknown size may take. */
	static final Duration WHOLE_OBJECT_TIMEOUT = Duration.ofMinutes(5);

	/** The slowest transfer that is waited for. */
	private static final long BYTES_PER_SECOND = 256 << 10;

	private static final Duration COURTESY_TIMEOUT = Duration.ofSeconds(10);

	private final RequestThreads threads;

	private final RequestCounter counter;

	/** What the client's owner observes it with, which ours would replace. */
	private final List<MetricPublisher> publishers;

	private final @Nullable Duration clientTimeout;

	private final boolean requesterPays;

	private final @Nullable S4DBObserver observer;

	S3Requests(S3Client client, RequestCounter counter, boolean requesterPays) {
		this.threads = new RequestThreads();
		this.counter = counter;
		this.requesterPays = requesterPays;
		this.observer = null;
		ClientOverrideConfiguration configuration = configuration(client);
		this.publishers = (configuration != null) ? configuration.metricPublishers() : List.of();
		this.clientTimeout = (configuration != null) ? configuration.apiCallTimeout().orElse(null) : null;
	}

	private S3Requests(S3Requests like, S4DBObserver observer) {
		this.threads = like.threads;
		this.counter = like.counter;
		this.requesterPays = like.requesterPays;
		this.publishers = like.publishers;
		this.clientTimeout = like.clientTimeout;
		this.observer = observer;
	}

	/** The same, with one observer more that is told of each request. */
	S3Requests observed(S4DBObserver by) {
		S4DBObserver present = this.observer;
		return new S3Requests(this, (present != null) ? present.and(by) : by);
	}

	/** An executor whose tasks are a part of what those do that give them. */
	Executor handingOver(Executor executor) {
		S4DBObserver by = this.observer;
		return (by == null) ? executor : (task) -> executor.execute(by.handOver(task));
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

	/** A request without a large body. */
	S3Call small(StoreRequest request, String name) {
		return call(request, name, 0, TIMEOUT);
	}

	/** One that receives that many bytes. */
	S3Call receiving(StoreRequest request, String name, long length) {
		return call(request, name, 0, timeout(length));
	}

	/** One that receives a whole object, or is long in coming to an end. */
	S3Call receivingWhole(StoreRequest request, String name) {
		return call(request, name, 0, WHOLE_OBJECT_TIMEOUT);
	}

	/** One that sends that many bytes. */
	S3Call sending(StoreRequest request, String name, long length) {
		return call(request, name, length, timeout(length));
	}

	/** One that is a courtesy, not worth waiting long for. */
	S3Call courtesy(StoreRequest request, String name) {
		return call(request, name, 0, COURTESY_TIMEOUT);
	}

	private static Duration timeout(long length) {
		return TIMEOUT.plusSeconds(length / BYTES_PER_SECOND);
	}

	private S3Call call(StoreRequest request, String name, long sent, Duration timeout) {
		AwsRequestOverrideConfiguration.Builder builder = AwsRequestOverrideConfiguration.builder()
			.apiCallTimeout((this.clientTimeout != null && this.clientTimeout.compareTo(timeout) < 0)
					? this.clientTimeout : timeout);
		this.publishers.forEach(builder::addMetricPublisher);
		if (this.requesterPays) {
			builder.putHeader("x-amz-request-payer", "requester");
		}
		return new S3Call(this.threads, this.counter, this.observer, request, name, sent, builder.build());
	}

	/** Ends the own threads; calls are made by those that call, from then on. */
	@Override
	public void close() {
		this.threads.close();
	}

}
