package io.s4db.spring.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Checks the name of a bucket before the first request for it, whose answer would be that
 * there is no such bucket, or none at all. Generous: names that only old buckets have,
 * and those of other servers, are names too, as are aliases and ARNs of access points.
 */
final class BucketName {

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{1,253}[A-Za-z0-9]");

	private static final Pattern ACCESS_POINT = Pattern
		.compile("arn:[a-z0-9-]+:s3[a-z0-9-]*:[a-z0-9-]*:[0-9]*:(accesspoint|outpost)[:/][A-Za-z0-9.:/_-]+");

	private static final Pattern ARN = Pattern.compile("arn:[^:]*:s3:::([^/]+)(/.*)?");

	/** What tools call a place in a bucket. */
	private static final Pattern S3_URL = Pattern.compile("s3[an]?:/*([^/]+)/?(.*)", Pattern.CASE_INSENSITIVE);

	private BucketName() {
	}

	/**
	 * Checks a bucket.
	 * @param names what the database's properties are called
	 * @throws InvalidS4DBPropertyException if no bucket can have that name
	 */
	static void requireValid(PropertyNames names, String bucket) {
		boolean name = NAME.matcher(bucket).matches() && !bucket.contains("..") && !bucket.startsWith("arn:");
		if (!name && !ACCESS_POINT.matcher(bucket).matches()) {
			String property = names.of("bucket");
			throw new InvalidS4DBPropertyException(property,
					property + " is '" + bucket + "', which cannot be the name of a bucket", action(names, bucket));
		}
	}

	private static String action(PropertyNames names, String bucket) {
		String property = names.of("bucket");
		Matcher url = S3_URL.matcher(bucket);
		if (url.matches()) {
			return alone(names, url.group(1), url.group(2));
		}
		Matcher arn = ARN.matcher(bucket);
		if (arn.matches()) {
			return alone(names, arn.group(1), null);
		}
		if (bucket.contains("://")) {
			return "Set " + property + " to the bucket's name alone, and spring.cloud.aws.s3.endpoint to the address of"
					+ " the server, if it is not AWS's.";
		}
		if (!bucket.startsWith("arn:") && bucket.indexOf('/') > 0) {
			int slash = bucket.indexOf('/');
			return alone(names, bucket.substring(0, slash), bucket.substring(slash + 1));
		}
		return "Set " + property + " to the name of the bucket: 3 to 63 small letters, digits, dots and hyphens that"
				+ " begin and end with a letter or digit; or to the alias or ARN of an access point.";
	}

	private static String alone(PropertyNames names, String name, @Nullable String prefix) {
		String bucket = "Set " + names.of("bucket") + " to the name alone, '" + name + "'";
		if (prefix == null || prefix.isEmpty()) {
			return bucket + ".";
		}
		return bucket + ", and " + names.of("prefix") + " to '" + (prefix.endsWith("/") ? prefix : prefix + "/")
				+ "' if that is where the database is.";
	}

}
