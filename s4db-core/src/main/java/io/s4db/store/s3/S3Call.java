package io.s4db.store.s3;

import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.s4db.RequestOutcome;
import io.s4db.S4DBObserver;
import io.s4db.S4DBObserver.RequestObservation;
import io.s4db.StoreRequest;
import io.s4db.store.support.RequestCounter;
import io.s4db.store.support.RequestKind;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;

/**
 * One call of the client: counts the attempts that the SDK makes, ends when the calling
 * thread is interrupted, and sends the request again if a refusal was cut before it said
 * what is wrong. Used once.
 */
final class S3Call implements MetricPublisher {

	/** The SDK's name for the metrics of one attempt. */
	private static final String ATTEMPT = "ApiCallAttempt";

	/**
	 * How often a request is sent whose refusal is cut. The SDK does not repeat those.
	 */
	private static final int TRIES = 3;

	private final RequestThreads threads;

	private final RequestCounter counter;

	private final @Nullable S4DBObserver observer;

	private final StoreRequest request;

	private final String name;

	private final long sent;

	private final AwsRequestOverrideConfiguration configuration;

	/** Attempts so far. */
	private final AtomicLong attempts = new AtomicLong();

	/**
	 * A call.
	 * @param observer is told of it, if there is one
	 * @param name of the object, or what those names begin with that are listed
	 * @param sent how many bytes an attempt sends
	 * @param configuration limits and observers
	 */
	S3Call(RequestThreads threads, RequestCounter counter, @Nullable S4DBObserver observer, StoreRequest request,
			String name, long sent, AwsRequestOverrideConfiguration configuration) {
		this.threads = threads;
		this.counter = counter;
		this.observer = observer;
		this.request = request;
		this.name = name;
		this.sent = sent;
		this.configuration = configuration.toBuilder().addMetricPublisher(this).build();
	}

	/** What the request is to be sent with. */
	AwsRequestOverrideConfiguration configuration() {
		return this.configuration;
	}

	/**
	 * Sends the request. An interrupt ends the waiting at once; the request then goes on
	 * by itself until it notices, so that it may still take effect.
	 * @throws AbortedException if the thread is interrupted; it stays so
	 * @throws AwsServiceException if the server refused
	 * @throws UncheckedIOException if it refused and said no more than that
	 */
	<T> T send(Supplier<T> call) {
		S4DBObserver told = this.observer;
		if (told == null) {
			return send(call, UnaryOperator.identity());
		}
		RequestObservation observation = told.begin(this.request, this.name);
		T answer;
		try {
			answer = send(call, told::handOver);
		}
		catch (RuntimeException | Error ex) {
			RequestOutcome outcome = S3Failures.outcome(ex);
			observation.end(outcome, retries(), outcome.isAnswer() ? null : ex);
			throw ex;
		}
		observation.end(RequestOutcome.SUCCESS, retries(), null);
		return answer;
	}

	private long retries() {
		return Math.max(0, this.attempts.get() - 1);
	}

	private <T> T send(Supplier<T> call, UnaryOperator<Runnable> handOver) {
		for (int attempt = 1;; attempt++) {
			try {
				return this.threads.call(call, handOver);
			}
			catch (AwsServiceException | UncheckedIOException ex) {
				if (attempt == TRIES || !isCut(ex)) {
					throw ex;
				}
			}
		}
	}

	/**
	 * Whether the answer was not whole, so that the same request may get a better one.
	 * The SDK says so where it cannot read the body of a refusal at all; where it can, a
	 * 404 of a read lacks what is not there.
	 */
	private boolean isCut(RuntimeException failure) {
		return !(failure instanceof AwsServiceException refusal) || (refusal.statusCode() == 404
				&& S3Failures.code(refusal) == null && this.request != StoreRequest.HEAD);
	}

	/**
	 * Sends a request that does not matter: a failure is not told, and a thread that is
	 * interrupted does not wait.
	 */
	void sendAnyway(Supplier<?> call) {
		if (Thread.currentThread().isInterrupted()) {
			this.threads.start(() -> ignoringFailure(call));
		}
		else {
			ignoringFailure(() -> send(call));
		}
	}

	private static void ignoringFailure(Supplier<?> call) {
		try {
			Object unused = call.get();
		}
		catch (RuntimeException ex) {
			// see above
		}
	}

	/** Called when the SDK has made its last attempt, before the call returns. */
	@Override
	public void publish(MetricCollection call) {
		long made = call.childrenWithName(ATTEMPT).count();
		this.attempts.addAndGet(made);
		this.counter.count(RequestKind.of(this.request), made);
		this.counter.written(made * this.sent);
	}

	@Override
	public void close() {
		// holds nothing
	}

}
