package io.s4db.sample.s3;

import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Makes conditional writes atomic. The store below looks at the object first and writes
 * it after, so two writers with the same {@code If-Match} could both succeed, and a
 * commit would be lost. Here, whoever changes an object holds the lock of its key
 * meanwhile. Keys share a fixed number of locks.
 */
final class AtomicPutBlobStore extends ForwardingBlobStore {

	private final Lock[] locks = Stream.generate(ReentrantLock::new).limit(64).toArray(Lock[]::new);

	AtomicPutBlobStore(BlobStore delegate) {
		super(delegate);
	}

	@Override
	public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
		return locked(request.bucket(), request.key(), () -> super.putBlob(request, content));
	}

	@Override
	public CopyObjectResponse copyBlob(CopyObjectRequest request) {
		return locked(request.destinationBucket(), request.destinationKey(), () -> super.copyBlob(request));
	}

	@Override
	public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
		return locked(request.bucket(), request.key(), () -> super.removeBlob(request));
	}

	@Override
	public CompleteMultipartUploadResponse completeMultipartUpload(MultipartUpload upload,
			CompleteMultipartUploadRequest request) {
		return locked(request.bucket(), request.key(), () -> super.completeMultipartUpload(upload, request));
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
