package io.s4db.store.testing;

import java.io.InputStream;
import java.net.URI;
import java.util.Properties;
import java.util.function.Supplier;

import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * S3Proxy in this process, in memory, with conditions that are checked in one step with
 * their put.
 */
public final class S3ProxyServer implements AutoCloseable {

	/** A bucket that is there from the start. */
	public static final String BUCKET = "bucket";

	private final S3Proxy proxy;

	private final S3Client client;

	/** Starts it. */
	public S3ProxyServer() {
		this.proxy = S3Proxy.builder()
			.blobStore(new AtomicConditions(BlobStores.create("transient", new Properties())))
			.endpoint(URI.create("http://127.0.0.1:0"))
			.awsAuthentication(AuthenticationType.AWS_V4, S3TestServer.ACCESS_KEY, S3TestServer.SECRET_KEY)
			.ignoreUnknownHeaders(true)
			.stopTimeout(0)
			.build();
		try {
			this.proxy.start();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		this.client = clientBuilder().build();
		this.client.createBucket((request) -> request.bucket(BUCKET));
	}

	/** Where it listens. */
	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.proxy.getPort());
	}

	/** A client of this server, closed with it. */
	public S3Client client() {
		return this.client;
	}

	/** For clients of this server that differ in something. */
	public S3ClientBuilder clientBuilder() {
		return S3TestServer.clientBuilder(endpoint());
	}

	@Override
	public void close() {
		this.client.close();
		try {
			this.proxy.stop();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * S3Proxy compares ETags before it calls the store; until the store writes, others
	 * may have. So they are compared again here, where everything that writes a key waits
	 * for its turn.
	 */
	private static final class AtomicConditions extends ForwardingBlobStore {

		private final Object[] locks = new Object[64];

		AtomicConditions(BlobStore delegate) {
			super(delegate);
			for (int i = 0; i < this.locks.length; i++) {
				this.locks[i] = new Object();
			}
		}

		@Override
		public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
			return inTurn(request.key(), () -> {
				requireMatch(request.bucket(), request.key(), request.ifMatch());
				return super.putBlob(request, body);
			});
		}

		@Override
		public CompleteMultipartUploadResponse completeMultipartUpload(MultipartUpload upload,
				CompleteMultipartUploadRequest request) {
			return inTurn(request.key(), () -> {
				requireMatch(request.bucket(), request.key(), request.ifMatch());
				return super.completeMultipartUpload(upload, request);
			});
		}

		@Override
		public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
			return inTurn(request.key(), () -> super.removeBlob(request));
		}

		private void requireMatch(String bucket, String key, @Nullable String ifMatch) {
			if (ifMatch != null) {
				String present = blobMetadata(HeadObjectRequest.builder().bucket(bucket).key(key).build()).eTag();
				if (!present.replace("\"", "").equals(ifMatch.replace("\"", ""))) {
					throw S3Exceptions.preconditionFailed(new IllegalStateException("The ETag is " + present));
				}
			}
		}

		private <T> T inTurn(String key, Supplier<T> action) {
			synchronized (this.locks[Math.floorMod(key.hashCode(), this.locks.length)]) {
				return action.get();
			}
		}

	}

}
