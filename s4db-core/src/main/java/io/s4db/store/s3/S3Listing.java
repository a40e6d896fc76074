package io.s4db.store.s3;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

import io.s4db.store.ObjectInfo;
import io.s4db.store.support.Listing;
import io.s4db.store.support.RequestKind;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * One run through the objects of a prefix, page by page.
 */
final class S3Listing implements Listing.Source {

	private final S3Client client;

	private final S3Requests requests;

	private final S3Failures failures;

	private final String bucket;

	private final String prefix;

	private final String namePrefix;

	private Iterator<S3Object> page = List.<S3Object>of().iterator();

	/** The last answer; null before the first. */
	private @Nullable ListObjectsV2Response answer;

	private String lastName = "";

	S3Listing(S3Client client, S3Requests requests, S3Failures failures, String bucket, String prefix,
			String namePrefix) {
		this.client = client;
		this.requests = requests;
		this.failures = failures;
		this.bucket = bucket;
		this.prefix = prefix;
		this.namePrefix = namePrefix;
	}

	@Override
	public @Nullable ObjectInfo next() {
		while (this.page.hasNext() || fetchPage()) {
			if (this.page.hasNext()) {
				S3Object object = this.page.next();
				String name = object.key().substring(this.prefix.length());
				// Some servers list an object twice, or what lies below a slash; consoles
				// make an empty object of the prefix itself.
				if (!name.isEmpty() && name.indexOf('/') < 0 && !name.equals(this.lastName)) {
					this.lastName = name;
					return new ObjectInfo(name, Objects.requireNonNullElse(object.size(), 0L),
							ETagQuotes.fromServer(Objects.requireNonNullElse(object.eTag(), "")),
							Objects.requireNonNullElse(object.lastModified(), Instant.EPOCH));
				}
			}
		}
		return null;
	}

	/** False at the end. */
	private boolean fetchPage() {
		ListObjectsV2Request.Builder request = ListObjectsV2Request.builder()
			.bucket(this.bucket)
			.prefix(this.prefix + this.namePrefix)
			.delimiter("/")
			.overrideConfiguration(this.requests.small(RequestKind.LIST));
		if (this.answer != null) {
			if (!Boolean.TRUE.equals(this.answer.isTruncated())) {
				return false;
			}
			request.continuationToken(this.answer.nextContinuationToken());
		}
		try {
			this.answer = this.client.listObjectsV2(request.build());
		}
		catch (RuntimeException ex) {
			throw this.failures.ofList(this.namePrefix, ex);
		}
		this.page = this.answer.contents().iterator();
		return true;
	}

}
