package io.s4db.store.s3;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Bytes of an object that are asked for, and where in an answer they are: a server may
 * send other ones and say so, or ignore that a range was asked for.
 */
final class S3Range {

	private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

	private static final Pattern UNSATISFIED = Pattern.compile("bytes \\*/(\\d{1,18})");

	private static final int PARTIAL = 206;

	/** From here on; the last ones if negative. */
	private final long offset;

	private final long length;

	private S3Range(long offset, long length) {
		this.offset = offset;
		this.length = length;
	}

	/** All of the object. */
	static S3Range whole() {
		return of(0, Long.MAX_VALUE);
	}

	/** Bytes from an offset on. */
	static S3Range of(long offset, long length) {
		return new S3Range(offset, length);
	}

	/** The last bytes. */
	static S3Range last(int length) {
		return new S3Range(-1, length);
	}

	private boolean isTail() {
		return this.offset < 0;
	}

	/**
	 * The header that asks for it: for one byte at least, as there is no way to ask for
	 * none.
	 */
	@Nullable String header() {
		if (isTail()) {
			return "bytes=-" + Math.max(1, this.length);
		}
		if (this.offset == 0 && this.length == Long.MAX_VALUE) {
			return null;
		}
		return "bytes=" + this.offset + "-" + (end(this.offset, Math.max(1, this.length)) - 1);
	}

	private static long end(long from, long length) {
		return (length > Long.MAX_VALUE - from) ? Long.MAX_VALUE : from + length;
	}

	/**
	 * Finds the bytes in an answer.
	 * @throws StrangeAnswerException if they are not in it, or it does not say which it
	 * has
	 */
	Place find(GetObjectResponse answer) {
		String said = answer.contentRange();
		Long sent = answer.contentLength();
		if (said == null) {
			if (answer.sdkHttpResponse() != null && answer.sdkHttpResponse().statusCode() == PARTIAL) {
				throw new StrangeAnswerException(
						"it sent a part of the object without a Content-Range, so that" + " nobody knows which part");
			}
			// all of it
			return (sent != null) ? place(0, sent, sent) : new Place(isTail() ? 0 : this.offset, this.length, -1);
		}
		Matcher matcher = CONTENT_RANGE.matcher(said);
		if (!matcher.matches() || (isTail() && matcher.group(3).equals("*"))) {
			throw new StrangeAnswerException("its Content-Range is '" + said + "'");
		}
		long first = Long.parseLong(matcher.group(1));
		long end = Long.parseLong(matcher.group(2)) + 1;
		long size = matcher.group(3).equals("*") ? Long.MAX_VALUE : Long.parseLong(matcher.group(3));
		if (first >= end || end > size || (sent != null && sent != end - first)) {
			throw new StrangeAnswerException("its Content-Range is '" + said + "', for " + sent + " bytes");
		}
		return place(first, end, size);
	}

	private Place place(long first, long end, long size) {
		long from = isTail() ? Math.max(0, size - this.length) : Math.min(this.offset, size);
		long to = isTail() ? size : Math.min(end(from, this.length), size);
		boolean unknownSize = size == Long.MAX_VALUE;
		if (from < to && (first > from || (end < to && !unknownSize))) {
			throw new StrangeAnswerException("it sent the bytes " + first + " to " + (end - 1) + " of " + size
					+ " where " + from + " to " + (to - 1) + " were asked for");
		}
		return new Place(Math.max(0, from - first), Math.max(0, Math.min(to, end) - from), unknownSize ? -1 : size);
	}

	/**
	 * Makes sure that a refusal (416) means that the object has none of the bytes.
	 * @throws StrangeAnswerException if the server says itself that it has
	 */
	void requireBeyond(AwsServiceException refusal) {
		AwsErrorDetails details = refusal.awsErrorDetails();
		if (details == null || details.sdkHttpResponse() == null) {
			return;
		}
		Matcher matcher = UNSATISFIED
			.matcher(details.sdkHttpResponse().firstMatchingHeader("Content-Range").orElse(""));
		if (matcher.matches() && Long.parseLong(matcher.group(1)) > Math.max(0, this.offset)) {
			throw new StrangeAnswerException(
					"it has " + matcher.group(1) + " bytes and refuses to send those from " + this.offset + " on");
		}
	}

	/**
	 * Where the bytes are.
	 *
	 * @param skip how many bytes of the answer come before them
	 * @param count how many there are; if the size is not known, at most
	 * @param size the size of the whole object; -1 if it is not known
	 */
	record Place(long skip, long count, long size) {
	}

	/** The answer is not one to the question. */
	static final class StrangeAnswerException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		StrangeAnswerException(String message) {
			super(message);
		}

	}

}
