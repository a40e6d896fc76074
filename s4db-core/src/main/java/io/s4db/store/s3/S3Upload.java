package io.s4db.store.s3;

import java.util.Arrays;
import java.util.concurrent.Executor;

import io.s4db.StoreRequest;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.support.ParallelTasks;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One upload of an object in parts. The object appears, and the condition is checked,
 * when the upload is completed; one that fails is aborted, so that its parts cost
 * nothing.
 */
final class S3Upload {

	/** How many parts are sent at a time. */
	private static final int THREADS = 4;

	private final S3Client client;

	private final S3Requests requests;

	private final String bucket;

	private final String key;

	private final String name;

	private final ServerETags eTags;

	private final S3ObjectSettings settings;

	/**
	 * An upload.
	 * @param prefix what the key begins with
	 * @param name the rest of it
	 */
	S3Upload(S3Client client, S3Requests requests, String bucket, String prefix, String name, ServerETags eTags,
			S3ObjectSettings settings) {
		this.client = client;
		this.requests = requests;
		this.bucket = bucket;
		this.key = prefix + name;
		this.name = name;
		this.eTags = eTags;
		this.settings = settings;
	}

	/**
	 * Uploads.
	 * @param executor helps to send the parts
	 * @return the ETag; null if the server gave none
	 */
	@Nullable String run(ObjectContent content, long partSize, PutCondition condition, Executor executor) {
		String id = create();
		boolean complete = false;
		try {
			int parts = Math.toIntExact(Math.max(1, (content.length() + partSize - 1) / partSize));
			CompletedPart[] sent = new CompletedPart[parts];
			new ParallelTasks(THREADS, parts, (part) -> sent[part] = send(id, content, part, partSize))
				.run(this.requests.handingOver(executor));
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

	private String create() {
		S3Call call = this.requests.small(StoreRequest.CREATE_MULTIPART, this.name);
		return call.send(() -> this.client.createMultipartUpload((request) -> {
			request.bucket(this.bucket).key(this.key).overrideConfiguration(call.configuration());
			this.settings.apply(request);
		})).uploadId();
	}

	private CompletedPart send(String id, ObjectContent content, int part, long partSize) {
		long offset = part * partSize;
		long length = Math.min(partSize, content.length() - offset);
		try (S3Content body = new S3Content(content, offset, length)) {
			try {
				S3Call call = this.requests.sending(StoreRequest.UPLOAD_PART, this.name, length);
				UploadPartResponse sent = call
					.send(() -> this.client.uploadPart((request) -> request.bucket(this.bucket)
						.key(this.key)
						.uploadId(id)
						.partNumber(part + 1)
						.contentLength(length)
						.checksumAlgorithm(this.settings.checksumAlgorithm())
						.overrideConfiguration(call.configuration()), body.body()));
				CompletedPart.Builder completed = CompletedPart.builder().partNumber(part + 1).eTag(sent.eTag());
				if (this.settings.checksumAlgorithm() != null) {
					// Of an upload with a checksum S3 wants to have those of its parts.
					completed.checksumCRC32(sent.checksumCRC32())
						.checksumCRC32C(sent.checksumCRC32C())
						.checksumSHA1(sent.checksumSHA1())
						.checksumSHA256(sent.checksumSHA256());
				}
				return completed.build();
			}
			catch (RuntimeException ex) {
				body.requireRead(this.key);
				throw ex;
			}
		}
	}

	private @Nullable String complete(String id, CompletedPart[] parts, PutCondition condition) {
		S3Call call = this.requests.receivingWhole(StoreRequest.COMPLETE_MULTIPART, this.name);
		CompleteMultipartUploadRequest.Builder request = CompleteMultipartUploadRequest.builder()
			.bucket(this.bucket)
			.key(this.key)
			.uploadId(id)
			.multipartUpload((upload) -> upload.parts(Arrays.asList(parts)))
			.overrideConfiguration(call.configuration());
		if (condition.requiresAbsent()) {
			request.ifNoneMatch("*");
		}
		if (condition.requiredETag() != null) {
			request.ifMatch(this.eTags.toServer(condition.requiredETag()));
		}
		return call.send(() -> this.client.completeMultipartUpload(request.build())).eTag();
	}

	/**
	 * Gives the parts up. A failure is left to the bucket's lifecycle rule, and a thread
	 * that is interrupted does not wait for it.
	 */
	private void abort(String id) {
		S3Call call = this.requests.courtesy(StoreRequest.ABORT_MULTIPART, this.name);
		call.sendAnyway(() -> this.client.abortMultipartUpload((request) -> request.bucket(this.bucket)
			.key(this.key)
			.uploadId(id)
			.overrideConfiguration(call.configuration())));
	}

}
