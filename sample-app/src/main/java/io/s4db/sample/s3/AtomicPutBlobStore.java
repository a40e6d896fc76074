package io.s4db.sample.s3;

import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Makes {@code If-Match} atomic. The server compares the ETag before it calls the store
 * to write, so two writers with the same ETag could both succeed, and a commit would be
 * lost. Here it is compared again, by whoever holds the lock of the object's key, as all
 * do who change it. Keys share a fixed number of locks.
 */
final class AtomicPutBlobStore extends ForwardingBlobStore {

	private static final int PRECONDITION_FAILED = 412;

	private final Lock[] locks = Stream.generate(ReentrantLock::new).limit(64).toArray(Lock[]::new);

	AtomicPutBlobStore(BlobStore delegate) {
		super(delegate);
	}

	@Override
	public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
		return locked(request.bucket(), request.key(), () -> {
			check(request.bucket(), request.key(), request.ifMatch());
			return super.putBlob(request, content);
		});
	}

	@Override
	public CompleteMultipartUploadResponse completeMultipartUpload(MultipartUpload upload,
			CompleteMultipartUploadRequest request) {
		return locked(request.bucket(), request.key(), () -> {
			check(request.bucket(), request.key(), request.ifMatch());
			return super.completeMultipartUpload(upload, request);
		});
	}

	@Override
	public CopyObjectResponse copyBlob(CopyObjectRequest request) {
		return locked(request.destinationBucket(), request.destinationKey(), () -> super.copyBlob(request));
	}

	@Override
	public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
		return locked(request.bucket(), request.key(), () -> super.removeBlob(request));
	}

	private void check(String bucket, String key, @Nullable String ifMatch) {
		if (ifMatch == null) {
			return;
		}
		HeadObjectResponse current = blobMetadataIfPresent(bucket, key);
		if (current == null || !(ifMatch.equals("*") || unquoted(ifMatch).equals(unquoted(current.eTag())))) {
			throw S3Exceptions.fromStatusCode(PRECONDITION_FAILED);
		}
	}

	private static String unquoted(String etag) {
		return etag.replace("\"", "");
	}

	private <T> T locked(String bucket, String key, Supplier<T> change) {
		Lock lock = this.locks[Math.floorMod(Objects.hash(bucket, key), this.locks.length)];
		lock.lock();
		try {
			return change.get();
		}
		finally {
			lock.unlock();
		}
	}

}
