package io.s4db.spring.autoconfigure;

import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Makes a bucket where it is missing. What keeps it from being made, the opening of the
 * database that comes next meets again, and tells; it is tried again with that.
 */
final class BucketCreation implements Runnable {

	private static final Log logger = LogFactory.getLog(BucketCreation.class);

	private static final int CONFLICT = 409;

	private final Supplier<S3Client> client;

	private final String bucket;

	BucketCreation(Supplier<S3Client> client, String bucket) {
		this.client = client;
		this.bucket = bucket;
	}

	@Override
	public void run() {
		try {
			this.client.get().createBucket((request) -> request.bucket(this.bucket));
		}
		catch (SdkException ex) {
			boolean there = ex instanceof S3Exception answer && answer.statusCode() == CONFLICT;
			if (!there) {
				logger.warn("The bucket '" + this.bucket + "' could not be made: " + ex.getMessage());
			}
		}
	}

}
