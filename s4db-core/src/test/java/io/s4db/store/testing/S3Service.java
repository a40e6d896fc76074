package io.s4db.store.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What S3 does with a request, without HTTP.
 */
final class S3Service {

	private static final Pattern PART = Pattern.compile("<PartNumber>(\\d+)</PartNumber>");

	private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

	private final S3Buckets buckets;

	private final Set<S3Quirk> quirks;

	private final Map<String, NavigableMap<Integer, byte[]>> uploads = new ConcurrentHashMap<>();

	S3Service(S3Buckets buckets, Set<S3Quirk> quirks) {
		this.buckets = buckets;
		this.quirks = quirks;
	}

	/** How many multipart uploads were neither completed nor aborted. */
	int openUploads() {
		return this.uploads.size();
	}

	S3Answer answer(S3Request request, byte[] body) throws S3Error {
		requireAccess(request);
		if (request.key().isEmpty()) {
			return answerBucket(request);
		}
		this.buckets.get(request.bucket());
		Map<String, String> query = request.query();
		return switch (request.method()) {
			case "GET", "HEAD" -> read(request);
			case "PUT" -> query.containsKey("uploadId") ? putPart(request, body) : put(request, body);
			case "POST" -> query.containsKey("uploads") ? createUpload(request) : completeUpload(request, body);
			case "DELETE" -> query.containsKey("uploadId") ? abortUpload(request) : delete(request);
			default -> throw new S3Error(405, "MethodNotAllowed", request.method());
		};
	}

	private void requireAccess(S3Request request) throws S3Error {
		if (this.quirks.contains(S3Quirk.FORBIDS_ALL)) {
			throw new S3Error(403, "AccessDenied", "Access Denied");
		}
		if (this.quirks.contains(S3Quirk.HAS_ANOTHER_TIME)) {
			throw new S3Error(403, "RequestTimeTooSkewed",
					"The difference between the request time and the current time is too large.");
		}
		String authorization = request.headers().getOrDefault("authorization", "");
		if (!authorization.contains("Credential=" + S3TestServer.ACCESS_KEY + "/")) {
			throw new S3Error(403, "InvalidAccessKeyId", "The access key is not known here");
		}
		if (this.quirks.contains(S3Quirk.REFUSES_CHUNKED_BODIES) && AwsChunked.isUsed(request.headers())) {
			throw new S3Error(400, "XAmzContentSHA256Mismatch",
					"The x-amz-content-sha256 header is not what was computed");
		}
		if (this.quirks.contains(S3Quirk.NOT_IMPLEMENTED_SETTINGS) && request.headers()
			.keySet()
			.stream()
			.anyMatch(Set.of("x-amz-server-side-encryption", "x-amz-storage-class", "x-amz-tagging")::contains)) {
			throw new S3Error(501, "NotImplemented",
					"A header you provided implies functionality that is not implemented");
		}
		if (this.quirks.contains(S3Quirk.NOT_IMPLEMENTED_CONDITIONS) && request.isConditionalWrite()) {
			throw new S3Error(501, "NotImplemented",
					"A header you provided implies functionality that is not implemented");
		}
	}

	private S3Answer answerBucket(S3Request request) throws S3Error {
		switch (request.method()) {
			case "PUT" -> this.buckets.create(request.bucket());
			case "HEAD" -> this.buckets.get(request.bucket());
			case "GET" -> {
				return S3Answer.xml(200,
						new S3ListPage(request, this.buckets.get(request.bucket()), this.quirks).xml());
			}
			default -> throw new S3Error(405, "MethodNotAllowed", request.method());
		}
		return S3Answer.empty(200);
	}

	private S3Answer read(S3Request request) throws S3Error {
		S3Buckets.Item item = this.buckets.get(request.bucket()).get(request.key());
		if (item == null) {
			throw this.quirks.contains(S3Quirk.FORBIDS_MISSING_KEYS) ? new S3Error(403, "AccessDenied", "Access Denied")
					: noSuchKey();
		}
		String ifNoneMatch = request.headers().get("if-none-match");
		if (ifNoneMatch != null && unquoted(ifNoneMatch).equals(item.eTag())) {
			return withMetadata(S3Answer.empty(304), item);
		}
		String ifMatch = request.headers().get("if-match");
		if (ifMatch != null && !unquoted(ifMatch).equals(item.eTag())) {
			throw new S3Error(412, "PreconditionFailed", "At least one precondition did not hold");
		}
		if (this.quirks.contains(S3Quirk.HAS_ARCHIVED_ALL) && request.method().equals("GET")) {
			throw new S3Error(403, "InvalidObjectState", "The operation is not valid for the object's storage class");
		}
		if (request.method().equals("HEAD")) {
			return withMetadata(S3Answer.empty(200).contentLength(item.bytes().length), item);
		}
		String range = request.headers().get("range");
		if (range == null || this.quirks.contains(S3Quirk.IGNORES_RANGES)) {
			return withMetadata(new S3Answer(200, item.bytes()), item);
		}
		return readRange(item, range);
	}

	/** A copy, but of all of it: that would cost those who measure downloads. */
	private static byte[] part(byte[] bytes, int from, int to) {
		return (from == 0 && to == bytes.length) ? bytes : Arrays.copyOfRange(bytes, from, to);
	}

	private S3Answer readRange(S3Buckets.Item item, String range) throws S3Error {
		Matcher matcher = RANGE.matcher(range);
		if (!matcher.matches()) {
			throw new S3Error(400, "InvalidArgument", "Range " + range);
		}
		long size = item.bytes().length;
		long first;
		long last = size - 1;
		if (matcher.group(1).isEmpty()) {
			first = Math.max(0, size - Long.parseLong(matcher.group(2)));
		}
		else {
			first = Long.parseLong(matcher.group(1));
			last = matcher.group(2).isEmpty() ? last : Math.min(last, Long.parseLong(matcher.group(2)));
		}
		if (first > last) {
			throw new S3Error(416, "InvalidRange", "The requested range is not satisfiable");
		}
		if (this.quirks.contains(S3Quirk.ALIGNS_RANGES)) {
			first -= first % 4;
		}
		if (this.quirks.contains(S3Quirk.SHIFTS_RANGES)) {
			first = Math.min(first + 1, last);
		}
		if (this.quirks.contains(S3Quirk.SHORTENS_RANGES)) {
			last = Math.min(last, first + 3);
		}
		S3Answer answer = withMetadata(new S3Answer(206, part(item.bytes(), (int) first, (int) last + 1)), item);
		return this.quirks.contains(S3Quirk.OMITS_CONTENT_RANGE) ? answer
				: answer.header("Content-Range", "bytes " + first + "-" + last + "/" + size);
	}

	private static S3Answer withMetadata(S3Answer answer, S3Buckets.Item item) {
		return answer.header("ETag", '"' + item.eTag() + '"')
			.header("Last-Modified",
					DateTimeFormatter.RFC_1123_DATE_TIME.format(item.lastModified().atOffset(ZoneOffset.UTC)))
			.header("Accept-Ranges", "bytes")
			.header("Content-Type", "application/octet-stream");
	}

	private S3Answer put(S3Request request, byte[] body) throws S3Error {
		S3Buckets.Item item = this.buckets.put(request.bucket(), request.key(), body, S3Buckets.eTag(body),
				condition(request));
		S3Answer answer = S3Answer.empty(200);
		return this.quirks.contains(S3Quirk.OMITS_ETAGS_OF_PUTS) ? answer
				: answer.header("ETag", '"' + eTagForPut(item.eTag()) + '"');
	}

	private String eTagForPut(String eTag) {
		return this.quirks.contains(S3Quirk.GIVES_WRONG_ETAGS_FOR_PUTS) ? eTag + "-of-put" : eTag;
	}

	private S3Buckets.Condition condition(S3Request request) {
		boolean ignored = this.quirks.contains(S3Quirk.IGNORES_PRECONDITIONS)
				|| (request.method().equals("POST") && this.quirks.contains(S3Quirk.IGNORES_PRECONDITIONS_OF_PARTS));
		return (present) -> {
			if (!ignored) {
				requireAbsence(request.headers().get("if-none-match"), present);
				requireMatch(request.headers().get("if-match"), present);
			}
		};
	}

	private static void requireAbsence(@Nullable String ifNoneMatch, S3Buckets.@Nullable Item present) throws S3Error {
		if (ifNoneMatch != null && present != null) {
			throw new S3Error(412, "PreconditionFailed", "At least one precondition did not hold");
		}
	}

	private void requireMatch(@Nullable String ifMatch, S3Buckets.@Nullable Item present) throws S3Error {
		if (ifMatch == null) {
			return;
		}
		if (present == null && !this.quirks.contains(S3Quirk.FAILS_IF_MATCH_OF_ABSENT_WITH_412)) {
			throw noSuchKey();
		}
		boolean asWritten = this.quirks.contains(S3Quirk.WANTS_UNQUOTED_ETAGS);
		if (present == null || this.quirks.contains(S3Quirk.MATCHES_NO_ETAG)
				|| !(asWritten ? ifMatch : unquoted(ifMatch)).equals(present.eTag())) {
			throw new S3Error(412, "PreconditionFailed", "At least one precondition did not hold");
		}
	}

	private S3Answer createUpload(S3Request request) {
		String id = UUID.randomUUID().toString();
		this.uploads.put(id, new TreeMap<>());
		return S3Answer.xml(200, "<InitiateMultipartUploadResult><Bucket>" + request.bucket() + "</Bucket><UploadId>"
				+ id + "</UploadId></InitiateMultipartUploadResult>");
	}

	private S3Answer putPart(S3Request request, byte[] body) throws S3Error {
		NavigableMap<Integer, byte[]> parts = upload(request);
		synchronized (parts) {
			parts.put(Integer.parseInt(request.query().get("partNumber")), body);
		}
		return S3Answer.empty(200).header("ETag", '"' + S3Buckets.eTag(body) + '"');
	}

	private S3Answer completeUpload(S3Request request, byte[] body) throws S3Error {
		NavigableMap<Integer, byte[]> parts = upload(request);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		ByteArrayOutputStream hashes = new ByteArrayOutputStream();
		int count = 0;
		Matcher matcher = PART.matcher(new String(body, StandardCharsets.UTF_8));
		while (matcher.find()) {
			byte[] part = parts.get(Integer.parseInt(matcher.group(1)));
			if (part == null) {
				throw new S3Error(400, "InvalidPart", "There is no part " + matcher.group(1));
			}
			bytes.writeBytes(part);
			hashes.writeBytes(S3Buckets.md5(part));
			count++;
		}
		String eTag = HexFormat.of().formatHex(S3Buckets.md5(hashes.toByteArray())) + "-" + count;
		try {
			this.buckets.put(request.bucket(), request.key(), bytes.toByteArray(), eTag, condition(request));
		}
		catch (S3Error ex) {
			if (ex.status() == 412 && this.quirks.contains(S3Quirk.REFUSES_COMPLETIONS_WITH_304)) {
				return S3Answer.empty(304);
			}
			throw ex;
		}
		this.uploads.remove(request.query().get("uploadId"));
		return S3Answer.xml(200,
				"<CompleteMultipartUploadResult>"
						+ (this.quirks.contains(S3Quirk.OMITS_ETAGS_OF_PUTS) ? ""
								: "<ETag>&quot;" + eTagForPut(eTag) + "&quot;</ETag>")
						+ "<Bucket>" + request.bucket() + "</Bucket></CompleteMultipartUploadResult>");
	}

	private S3Answer abortUpload(S3Request request) throws S3Error {
		upload(request);
		this.uploads.remove(request.query().get("uploadId"));
		return S3Answer.empty(204);
	}

	private NavigableMap<Integer, byte[]> upload(S3Request request) throws S3Error {
		NavigableMap<Integer, byte[]> parts = this.uploads.get(request.query().getOrDefault("uploadId", ""));
		if (parts == null) {
			throw new S3Error(404, "NoSuchUpload", "The specified upload does not exist");
		}
		return parts;
	}

	private S3Answer delete(S3Request request) throws S3Error {
		this.buckets.delete(request.bucket(), request.key());
		return S3Answer.empty(204);
	}

	private static S3Error noSuchKey() {
		return new S3Error(404, "NoSuchKey", "The specified key does not exist.");
	}

	private static String unquoted(String eTag) {
		return (eTag.length() > 1 && eTag.startsWith("\"")) ? eTag.substring(1, eTag.length() - 1) : eTag;
	}

}
