package io.s4db.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

import io.s4db.S4DBException;
import io.s4db.StoreRequest;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectTail;
import io.s4db.store.StoredObject;
import io.s4db.store.s3.S3Range.Place;
import io.s4db.store.s3.S3Range.StrangeAnswerException;
import io.s4db.store.support.ObjectNames;
import io.s4db.store.support.RequestCounter;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Reads single objects. An answer is believed only if it is one to the question: it has
 * the bytes that were asked for, and as many as it says.
 */
final class S3Reader {

	private final S3Client client;

	private final String bucket;

	private final String prefix;

	private final S3Requests requests;

	private final S3Failures failures;

	private final RequestCounter counter;

	private final InterruptWatch watch = new InterruptWatch();

	S3Reader(S3Client client, String bucket, String prefix, S3Requests requests, S3Failures failures,
			RequestCounter counter) {
		this.client = client;
		this.bucket = bucket;
		this.prefix = prefix;
		this.requests = requests;
		this.failures = failures;
		this.counter = counter;
	}

	@Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		S3Call call = this.requests.receivingWhole(StoreRequest.GET, name);
		GetObjectRequest.Builder request = request(name).ifNoneMatch(knownETag);
		S3Received received = receive(name, S3Range.whole(), call, request,
				(status) -> status == 304 && knownETag != null);
		if (received == null) {
			return null;
		}
		byte[] bytes = bytes(name, received);
		this.counter.read(bytes.length);
		String eTag = requireETag(name, received.answer().eTag());
		return eTag.equals(knownETag) ? null : new StoredObject(bytes, eTag);
	}

	byte[] getRange(String name, long offset, int length) {
		ObjectNames.checkRange(name, offset, length);
		S3Received received = receive(name, S3Range.of(offset, length), length);
		return (received != null) ? bytes(name, received) : new byte[0];
	}

	ObjectTail getTail(String name, int length) {
		ObjectNames.checkRange(name, 0, length);
		S3Received received = receive(name, S3Range.last(length), length);
		return (received != null) ? new ObjectTail(bytes(name, received), received.size())
				: new ObjectTail(new byte[0], 0);
	}

	/** Null if no byte of the object lies in the range. */
	private @Nullable S3Received receive(String name, S3Range range, int length) {
		S3Received received = receive(name, range, this.requests.receiving(StoreRequest.GET, name, length),
				request(name).range(range.header()), (status) -> status == 416);
		if (received != null && received.bytes() != null) {
			this.counter.read(received.bytes().length);
		}
		return received;
	}

	private @Nullable S3Received receive(String name, S3Range range, S3Call call, GetObjectRequest.Builder request,
			IntPredicate isNothing) {
		GetObjectRequest built = request.overrideConfiguration(call.configuration()).build();
		return reading(name, range, () -> call.send(() -> this.client.getObject(built, S3Received.of(range))),
				isNothing);
	}

	private byte[] bytes(String name, S3Received received) {
		if (received.bytes() == null) {
			throw strange(name, received.strange());
		}
		return received.bytes();
	}

	InputStream open(String name, long offset, long length) {
		ObjectNames.checkRange(name, offset, length);
		S3Range range = S3Range.of(offset, length);
		S3Call call = this.requests.small(StoreRequest.GET, name);
		GetObjectRequest request = request(name).range(range.header())
			.overrideConfiguration(call.configuration())
			.build();
		ResponseInputStream<GetObjectResponse> body = reading(name, range,
				() -> call.send(() -> this.client.getObject(request)), (status) -> status == 416);
		if (body == null) {
			return InputStream.nullInputStream();
		}
		try {
			Place place = range.find(body.response());
			S3Stream stream = new S3Stream(body, place.skip() + place.count(), this.counter, place(name), this.watch);
			stream.skipNBytes(place.skip());
			return stream;
		}
		catch (StrangeAnswerException ex) {
			body.abort();
			throw strange(name, ex);
		}
		catch (IOException ex) {
			body.abort();
			throw new StoreUnavailableException("Could not read " + place(name) + ": " + ex.getMessage(), ex);
		}
	}

	/** Asks once more if the object appeared while it was asked for. */
	@Nullable ObjectInfo head(String name) {
		ObjectInfo info = headIfThere(name);
		if (info != null || !isThere(name)) {
			return info;
		}
		info = headIfThere(name);
		if (info == null && isThere(name)) {
			throw new StoreUnavailableException(place(name) + " appeared while it was asked for; try again");
		}
		return info;
	}

	/** An answer without a body does not say what is absent: it may be the bucket. */
	private @Nullable ObjectInfo headIfThere(String name) {
		S3Call call = this.requests.small(StoreRequest.HEAD, name);
		String key = key(name);
		try {
			HeadObjectResponse answer = call.send(() -> this.client.headObject(
					(request) -> request.bucket(this.bucket).key(key).overrideConfiguration(call.configuration())));
			return new ObjectInfo(name, Objects.requireNonNullElse(answer.contentLength(), 0L),
					requireETag(name, answer.eTag()), Objects.requireNonNullElse(answer.lastModified(), Instant.EPOCH));
		}
		catch (AwsServiceException ex) {
			if (ex.statusCode() != 404) {
				throw this.failures.ofRead(name, ex);
			}
		}
		catch (RuntimeException ex) {
			throw this.failures.ofRead(name, ex);
		}
		return null;
	}

	private boolean isThere(String name) {
		try {
			getRange(name, 0, 0);
			return true;
		}
		catch (ObjectNotFoundException ex) {
			return false;
		}
	}

	private GetObjectRequest.Builder request(String name) {
		return GetObjectRequest.builder().bucket(this.bucket).key(key(name));
	}

	private String key(String name) {
		return this.prefix + ObjectNames.check(name);
	}

	private String place(String name) {
		return "s3://" + this.bucket + "/" + this.prefix + name;
	}

	private String requireETag(String name, @Nullable String eTag) {
		if (eTag == null) {
			throw new S4DBException("The server gave no ETag for " + place(name)
					+ ", without which changes by others cannot be noticed. Use a server that gives ETags");
		}
		return ServerETags.fromServer(eTag);
	}

	/** Null if the answer has a status that stands for nothing. */
	private <T> @Nullable T reading(String name, S3Range range, Supplier<T> call, IntPredicate isNothing) {
		try {
			return call.get();
		}
		catch (AwsServiceException ex) {
			if (!isNothing.test(ex.statusCode())) {
				throw this.failures.ofRead(name, ex);
			}
			try {
				range.requireBeyond(ex);
			}
			catch (StrangeAnswerException strange) {
				throw strange(name, strange);
			}
			return null;
		}
		catch (RuntimeException ex) {
			throw this.failures.ofRead(name, ex);
		}
	}

	private StoreUnavailableException strange(String name, @Nullable StrangeAnswerException why) {
		return new StoreUnavailableException(
				"Could not read " + place(name) + ": the server, or a proxy before it, does not answer as S3 does: "
						+ ((why != null) ? why.getMessage() : "unknown"),
				why);
	}

}
