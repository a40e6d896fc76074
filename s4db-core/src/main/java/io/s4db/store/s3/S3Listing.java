package io.s4db.store.s3;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.s4db.StoreRequest;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectInfo;
import io.s4db.store.support.Listing;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * One run through the objects of a prefix, page by page.
 */
final class S3Listing implements Listing.Source {

	/** Deleted versions of objects make some empty pages, but not that many. */
	private static final int MAX_EMPTY_PAGES = 1000;

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

	private final Set<String> tokens = new HashSet<>();

	/** What stood first on the last page that had anything. */
	private @Nullable String firstKey;

	private int emptyPages;

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
				String name = name(object.key());
				// Some servers list an object twice, or what lies below a slash; consoles
				// make an empty object of the prefix itself.
				if (name != null && !name.isEmpty() && name.indexOf('/') < 0 && !name.equals(this.lastName)) {
					this.lastName = name;
					return new ObjectInfo(name, Objects.requireNonNullElse(object.size(), 0L),
							ServerETags.fromServer(Objects.requireNonNullElse(object.eTag(), "")),
							Objects.requireNonNullElse(object.lastModified(), Instant.EPOCH));
				}
			}
		}
		return null;
	}

	/**
	 * The name in a key, which some servers encode without saying so; null if it is not
	 * one that was asked for, which some servers send all the same.
	 */
	private @Nullable String name(String key) {
		String wanted = this.prefix + this.namePrefix;
		if (key.startsWith(wanted)) {
			return key.substring(this.prefix.length());
		}
		String decoded = decode(key);
		return decoded.startsWith(wanted) ? decoded.substring(this.prefix.length()) : null;
	}

	private static String decode(String key) {
		try {
			return URLDecoder.decode(key, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return key;
		}
	}

	/** False at the end. */
	private boolean fetchPage() {
		S3Call call = this.requests.small(StoreRequest.LIST, this.namePrefix);
		ListObjectsV2Request.Builder request = ListObjectsV2Request.builder()
			.bucket(this.bucket)
			.prefix(this.prefix + this.namePrefix)
			.delimiter("/")
			.overrideConfiguration(call.configuration());
		if (this.answer != null) {
			if (!Boolean.TRUE.equals(this.answer.isTruncated())) {
				return false;
			}
			request.continuationToken(nextToken(this.answer.nextContinuationToken()));
		}
		try {
			this.answer = call.send(() -> this.client.listObjectsV2(request.build()));
		}
		catch (RuntimeException ex) {
			throw this.failures.ofList(this.namePrefix, ex);
		}
		requireProgress(this.answer);
		this.page = this.answer.contents().iterator();
		return true;
	}

	private String nextToken(@Nullable String token) {
		if (token == null || token.isEmpty()) {
			throw endless("it says that there is more, and not how to ask for it");
		}
		if (!this.tokens.add(token)) {
			throw endless("it sends the same page again and again");
		}
		return token;
	}

	private void requireProgress(ListObjectsV2Response next) {
		String first = !next.contents().isEmpty() ? next.contents().get(0).key()
				: !next.commonPrefixes().isEmpty() ? next.commonPrefixes().get(0).prefix() : null;
		if (first == null) {
			if (++this.emptyPages > MAX_EMPTY_PAGES) {
				throw endless(MAX_EMPTY_PAGES + " pages in a row had nothing on them");
			}
			return;
		}
		if (first.equals(this.firstKey)) {
			throw endless("it sends the same page again and again");
		}
		this.firstKey = first;
		this.emptyPages = 0;
	}

	private StoreUnavailableException endless(String what) {
		return new StoreUnavailableException("Could not list s3://" + this.bucket + "/" + this.prefix + this.namePrefix
				+ ": the server, or a proxy before it, does not answer as S3 does: " + what);
	}

}
