package io.s4db.store.s3;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executor;

import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.support.ParallelTasks;
import io.s4db.store.support.RequestKind;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * One upload of an object in parts. The object appears, and the condition is checked,
 * when the upload is completed; one that fails is aborted, so that its parts cost
 * nothing.
 */
final class S3Upload {

	/** How many parts are sent at a time. */
	private static final int THREADS = 4;

	/** Aborting is a courtesy, not worth waiting long for. */
	private static final Duration ABORT_TIMEOUT = Duration.ofSeconds(10);

	private final S3Client client;

	private final S3Requests requests;

	private final String bucket;

	private final String key;

	private final ETagQuotes quotes;

	S3Upload(S3Client client, S3Requests requests, String bucket, String key, ETagQuotes quotes) {
		this.client = client;
		this.requests = requests;
		this.bucket = bucket;
		this.key = key;
		this.quotes = quotes;
	}

	/**
	 * Uploads.
	 * @param executor helps to send the parts
	 * @return the ETag; null if the server gave none
	 */
	@Nullable String run(ObjectContent content, long partSize, PutCondition condition, Executor executor) {
		String id = this.client
			.createMultipartUpload((request) -> request.bucket(this.bucket)
				.key(this.key)
				.overrideConfiguration(this.requests.small(RequestKind.PUT)))
			.uploadId();
		boolean complete = false;
		try {
			int parts = Math.toIntExact(Math.max(1, (content.length() + partSize - 1) / partSize));
			CompletedPart[] sent = new CompletedPart[parts];
			new ParallelTasks(THREADS, parts, (part) -> sent[part] = send(id, content, part, partSize)).run(executor);
			String eTag = complete(id, sent, condition);
			complete = true;
			return eTag;
		}
		finally {
			if (!complete) {
				abort(id);
			}
		}
	}

	private CompletedPart send(String id, ObjectContent content, int part, long partSize) {
		long offset = part * partSize;
		long length = Math.min(partSize, content.length() - offset);
		try (S3Content body = new S3Content(content, offset, length)) {
			try {
				String eTag = this.client
					.uploadPart((request) -> request.bucket(this.bucket)
						.key(this.key)
						.uploadId(id)
						.partNumber(part + 1)
						.contentLength(length)
						.overrideConfiguration(this.requests.sending(RequestKind.PUT, length)), body.body())
					.eTag();
				return CompletedPart.builder().partNumber(part + 1).eTag(eTag).build();
			}
			catch (RuntimeException ex) {
				body.requireRead(this.key);
				throw ex;
			}
		}
	}

	private @Nullable String complete(String id, CompletedPart[] parts, PutCondition condition) {
		CompleteMultipartUploadRequest.Builder request = CompleteMultipartUploadRequest.builder()
			.bucket(this.bucket)
			.key(this.key)
			.uploadId(id)
			.multipartUpload((upload) -> upload.parts(Arrays.asList(parts)))
			.overrideConfiguration(this.requests.receivingWhole(RequestKind.PUT));
		if (condition.requiresAbsent()) {
			request.ifNoneMatch("*");
		}
		if (condition.requiredETag() != null) {
			request.ifMatch(this.quotes.toServer(condition.requiredETag()));
		}
		return this.client.completeMultipartUpload(request.build()).eTag();
	}

	/**
	 * Aborts, also if the thread is interrupted. A failure is left to the bucket's
	 * lifecycle rule.
	 */
	private void abort(String id) {
		boolean interrupted = Thread.interrupted();
		try {
			AwsRequestOverrideConfiguration configuration = this.requests.small(RequestKind.DELETE)
				.toBuilder()
				.apiCallTimeout(ABORT_TIMEOUT)
				.build();
			this.client.abortMultipartUpload((request) -> request.bucket(this.bucket)
				.key(this.key)
				.uploadId(id)
				.overrideConfiguration(configuration));
		}
		catch (RuntimeException ex) {
			// the reason for aborting is thrown
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
