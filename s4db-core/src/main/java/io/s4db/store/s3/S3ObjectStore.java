package io.s4db.store.s3;

import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import io.s4db.S4DBException;
import io.s4db.S4DBObserver;
import io.s4db.StoreRequest;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectTail;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import io.s4db.store.support.Contents;
import io.s4db.store.support.Listing;
import io.s4db.store.support.Multipart;
import io.s4db.store.support.ObjectNames;
import io.s4db.store.support.RequestCounter;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Objects below a prefix of an S3 bucket, on AWS or any server that speaks S3, through a
 * client that it is given and does not close. The client's configuration decides about
 * region, endpoint, credentials, connections and retries.
 *
 * <p>
 * The prefix is used as it is: {@code my-db/} and {@code my-db} are different places.
 *
 * <p>
 * Objects above 16 MiB are sent in parts of 16 MiB (larger ones past 160 GB), several at
 * a time; the condition is sent with the completion. A server that ignores it there, or
 * does not put the parts together as they were sent, is found out before the first such
 * put, and gets large objects in one request, up to 5 GiB.
 *
 * <p>
 * Costs one request a call, except: a put in parts, two and one for each part; a list,
 * one for each 1,000 objects; a head of an absent object, two, because S3 does not say in
 * the first whether it is the object or the bucket that is absent; a put that the server
 * answers without an ETag or with another than reads, one more that asks for it; the
 * first put of an object above 16 MiB, some on a scratch object.
 *
 * <p>
 * Every request has a limit to its time: 60 seconds, more in proportion to the bytes that
 * it transfers (256 KiB a second), 5 minutes for a whole object of unknown size, and less
 * if the client's configuration says so. A call may take that long. Each request that the
 * SDK sends is counted, retries too.
 *
 * <p>
 * The SDK sends requests again after failures. If a conditional put takes effect and its
 * answer is lost, the second try meets the first's object:
 * {@link PreconditionFailedException} can therefore mean one's own put. The caller finds
 * out by reading the object, which should bear something unique.
 *
 * <p>
 * Rights: reading needs {@code s3:GetObject} and {@code s3:ListBucket} (without which S3
 * answers 403 for an object that is not there, which is an error here, never an absence);
 * writing {@code s3:PutObject}, {@code s3:DeleteObject} and
 * {@code s3:AbortMultipartUpload} as well.
 *
 * <p>
 * Thread-safe. Errors are those of {@link ObjectStore}; their causes are the SDK's. An
 * interrupted thread gets {@link StoreUnavailableException} and stays interrupted.
 */
public final class S3ObjectStore implements ObjectStore {

	/** S3's limit for an object that is sent in one request. */
	private static final long MAX_SINGLE = 5L << 30;

	private final RequestCounter counter;

	private final ServerETags eTags;

	private final S3Client client;

	private final S3ObjectSettings settings;

	private final String bucket;

	private final String prefix;

	private final S3Requests requests;

	private final S3Failures failures;

	private final TransferThreads threads;

	private final S3Reader reader;

	private final S3ServerChecks checks;

	/**
	 * A store over a prefix, with a few daemon threads of its own for large objects,
	 * started when they are needed.
	 * @param client used, never closed
	 * @param bucket the bucket's name
	 * @param prefix what all keys begin with; may be empty
	 */
	public S3ObjectStore(S3Client client, String bucket, String prefix) {
		this(client, bucket, prefix, S3ObjectSettings.defaults());
	}

	/**
	 * The same, with objects that are kept in a certain way.
	 * @param client used, never closed
	 * @param bucket the bucket's name
	 * @param prefix what all keys begin with; may be empty
	 * @param settings encryption, storage class and the like of what is written
	 */
	public S3ObjectStore(S3Client client, String bucket, String prefix, S3ObjectSettings settings) {
		this(client, bucket, prefix, settings, new TransferThreads(null));
	}

	/**
	 * A store over a prefix.
	 * @param client used, never closed
	 * @param bucket the bucket's name
	 * @param prefix what all keys begin with; may be empty
	 * @param executor helps to send large objects; never shut down. A calling thread does
	 * what no other does, so that it may be one of the executor's
	 */
	public S3ObjectStore(S3Client client, String bucket, String prefix, Executor executor) {
		this(client, bucket, prefix, S3ObjectSettings.defaults(),
				new TransferThreads(Objects.requireNonNull(executor, "executor")));
	}

	private S3ObjectStore(S3Client client, String bucket, String prefix, S3ObjectSettings settings,
			TransferThreads threads) {
		if (bucket.isBlank()) {
			throw new IllegalArgumentException("The name of the bucket (s4db.bucket) is empty");
		}
		this.counter = new RequestCounter();
		this.eTags = new ServerETags();
		this.client = Objects.requireNonNull(client, "client");
		this.settings = Objects.requireNonNull(settings, "settings");
		this.bucket = bucket;
		this.prefix = Objects.requireNonNull(prefix, "prefix");
		this.threads = threads;
		this.requests = new S3Requests(client, this.counter, settings.requesterPays());
		this.failures = new S3Failures(bucket, description(), settings);
		this.reader = new S3Reader(client, bucket, prefix, this.requests, this.failures, this.counter);
		this.checks = new S3ServerChecks(this, this.eTags);
	}

	private S3ObjectStore(S3ObjectStore like, S4DBObserver observer) {
		this.counter = like.counter;
		this.eTags = like.eTags;
		this.client = like.client;
		this.settings = like.settings;
		this.bucket = like.bucket;
		this.prefix = like.prefix;
		this.threads = like.threads;
		this.requests = like.requests.observed(observer);
		this.failures = like.failures;
		this.reader = new S3Reader(this.client, this.bucket, this.prefix, this.requests, this.failures, this.counter);
		this.checks = new S3ServerChecks(this, like.checks);
	}

	@Override
	public String description() {
		return "s3://" + this.bucket + "/" + this.prefix;
	}

	@Override
	public String settings() {
		return this.settings.toString();
	}

	@Override
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		return this.reader.getIfChanged(name, knownETag);
	}

	@Override
	public byte[] getRange(String name, long offset, int length) {
		return this.reader.getRange(name, offset, length);
	}

	@Override
	public ObjectTail getTail(String name, int length) {
		return this.reader.getTail(name, length);
	}

	@Override
	public InputStream open(String name, long offset, long length) {
		return this.reader.open(name, offset, length);
	}

	@Override
	public @Nullable ObjectInfo head(String name) {
		return this.reader.head(name);
	}

	@Override
	public Stream<ObjectInfo> list(String namePrefix) {
		return Listing
			.stream(new S3Listing(this.client, this.requests, this.failures, this.bucket, this.prefix, namePrefix));
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		key(name);
		boolean inParts = content.length() > Multipart.THRESHOLD && this.checks.partsServe(condition);
		if (!inParts && content.length() > MAX_SINGLE) {
			throw new S4DBException("Could not write " + description() + name + ": " + content.length()
					+ " bytes are too many for a server that cannot be given objects in parts");
		}
		String eTag = inParts ? putInParts(name, content, Multipart.partSize(content.length()), condition)
				: putWhole(name, content, condition);
		return (eTag != null && !this.eTags.asksAfterPuts()) ? ServerETags.fromServer(eTag) : eTagOf(name, content);
	}

	private @Nullable String putWhole(String name, ObjectContent content, PutCondition condition) {
		S3Call call = this.requests.sending(StoreRequest.PUT, name, content.length());
		PutObjectRequest.Builder request = PutObjectRequest.builder()
			.bucket(this.bucket)
			.key(key(name))
			.contentLength(content.length())
			.overrideConfiguration(call.configuration());
		this.settings.apply(request);
		if (condition.requiresAbsent()) {
			request.ifNoneMatch("*");
		}
		if (condition.requiredETag() != null) {
			request.ifMatch(this.eTags.toServer(condition.requiredETag()));
		}
		try (S3Content body = new S3Content(content, 0, content.length())) {
			try {
				return call.send(() -> this.client.putObject(request.build(), body.body())).eTag();
			}
			catch (RuntimeException ex) {
				body.requireRead(name);
				throw this.failures.ofWrite(name, condition, ex);
			}
		}
	}

	/** Writes in parts; the ETag is null if the server gave none. */
	@Nullable String putInParts(String name, ObjectContent content, long partSize, PutCondition condition) {
		try {
			return new S3Upload(this.client, this.requests, this.bucket, this.prefix, ObjectNames.check(name),
					this.eTags, this.settings)
				.run(content, partSize, condition, this.threads.executor());
		}
		catch (RuntimeException ex) {
			throw this.failures.ofWrite(name, condition, ex);
		}
	}

	/**
	 * The ETag of what was just put, asked for because the answer had none: only if it is
	 * still there, since another's ETag would let us overwrite it.
	 */
	private String eTagOf(String name, ObjectContent content) {
		if (content.length() <= Multipart.THRESHOLD) {
			StoredObject object = get(name);
			if (Arrays.equals(object.bytes(), Contents.bytes(name, content))) {
				return object.eTag();
			}
		}
		else {
			ObjectInfo info = head(name);
			if (info != null && info.size() == content.length()) {
				return info.eTag();
			}
		}
		throw new StoreUnavailableException("The server's answer to the put of " + description() + name
				+ " had no ETag, and another object stands there now");
	}

	@Override
	public void delete(String name) {
		String key = key(name);
		S3Call call = this.requests.small(StoreRequest.DELETE, name);
		try {
			call.send(() -> this.client.deleteObject(
					(request) -> request.bucket(this.bucket).key(key).overrideConfiguration(call.configuration())));
		}
		catch (AwsServiceException ex) {
			if (!S3Failures.isAbsent(ex)) {
				throw this.failures.ofDelete(name, ex);
			}
		}
		catch (RuntimeException ex) {
			throw this.failures.ofDelete(name, ex);
		}
	}

	@Override
	public void requireConditionalWrites() {
		this.checks.requireConditionalWrites();
	}

	@Override
	public void requireFaithfulWrites() {
		this.checks.requireFaithfulWrites();
	}

	@Override
	public RequestCounts requestCounts() {
		return this.counter.counts();
	}

	/**
	 * Told of each call of the client, with all that the SDK does of it: its tries again,
	 * and the bytes, but for a stream, which is there with its first byte.
	 */
	@Override
	public ObjectStore observed(S4DBObserver observer) {
		return new S3ObjectStore(this, Objects.requireNonNull(observer, "observer"));
	}

	/**
	 * Ends the own threads. The store goes on working, without help for large objects.
	 */
	@Override
	public void close() {
		this.threads.close();
		this.requests.close();
	}

	private String key(String name) {
		return this.prefix + ObjectNames.check(name);
	}

}
