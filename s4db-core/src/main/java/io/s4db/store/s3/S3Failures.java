package io.s4db.store.s3;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

import io.s4db.RequestOutcome;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ConflictException;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Says in the contract's terms what the SDK's exceptions mean, and what to do about them.
 */
final class S3Failures {

	static final String CHUNKED_HINT = "If the server does not understand aws-chunked bodies, set "
			+ "spring.cloud.aws.s3.chunked-encoding-enabled=false (S3Configuration.chunkedEncodingEnabled(false))";

	private static final String CONDITIONAL_HINT = "The server may not support conditional writes. If only one process "
			+ "ever writes to this database, set s4db.s3.conditional-writes=off; otherwise use a server that does";

	private static final Set<String> CHUNKED_CODES = Set.of("XAmzContentSHA256Mismatch", "MissingContentLength",
			"InvalidChunkSizeError", "MalformedTrailerError");

	private static final Set<String> UNSUPPORTED_CODES = Set.of("NotImplemented", "InvalidArgument", "InvalidRequest");

	private static final Set<String> CLOCK_CODES = Set.of("RequestTimeTooSkewed", "RequestExpired");

	private static final Set<String> CREDENTIAL_CODES = Set.of("ExpiredToken", "ExpiredTokenException", "InvalidToken",
			"TokenRefreshRequired", "InvalidAccessKeyId");

	private static final Set<String> REGION_CODES = Set.of("PermanentRedirect", "TemporaryRedirect",
			"AuthorizationHeaderMalformed", "IllegalLocationConstraintException");

	private final String bucket;

	private final String place;

	private final S3ObjectSettings settings;

	/**
	 * For one store.
	 * @param place bucket and prefix, as they stand in messages
	 * @param settings how objects are kept there, which a server may refuse
	 */
	S3Failures(String bucket, String place, S3ObjectSettings settings) {
		this.bucket = bucket;
		this.place = place;
		this.settings = settings;
	}

	/** Why reading an object failed. */
	S4DBException ofRead(String name, RuntimeException failure) {
		return translate("read", name, PutCondition.none(), failure);
	}

	/** Why asking for the names failed. */
	S4DBException ofList(String prefix, RuntimeException failure) {
		return translate("list", prefix, PutCondition.none(), failure);
	}

	/** Why writing an object failed. */
	S4DBException ofWrite(String name, PutCondition condition, RuntimeException failure) {
		return translate("write", name, condition, failure);
	}

	/** Why deleting an object failed. */
	S4DBException ofDelete(String name, RuntimeException failure) {
		return translate("delete", name, PutCondition.none(), failure);
	}

	/** Whether the server said for certain that the object is not there. */
	static boolean isAbsent(AwsServiceException failure) {
		return failure.statusCode() == 404 && "NoSuchKey".equals(code(failure));
	}

	/** What came of a request that threw. */
	static RequestOutcome outcome(Throwable failure) {
		if (!(failure instanceof AwsServiceException answer)) {
			return (failure instanceof SdkException || failure instanceof UncheckedIOException)
					? RequestOutcome.UNANSWERED : RequestOutcome.ERROR;
		}
		return switch (answer.statusCode()) {
			case 304 -> RequestOutcome.NOT_MODIFIED;
			case 404 -> "NoSuchBucket".equals(code(answer)) ? RequestOutcome.ERROR : RequestOutcome.NOT_FOUND;
			case 416 -> RequestOutcome.NOT_FOUND;
			case 412 -> RequestOutcome.PRECONDITION_FAILED;
			case 409 -> RequestOutcome.CONFLICT;
			case 401, 403 -> RequestOutcome.DENIED;
			case 429, 503 -> RequestOutcome.THROTTLED;
			default -> RequestOutcome.ERROR;
		};
	}

	private S4DBException translate(String action, String name, PutCondition condition, RuntimeException failure) {
		if (failure instanceof S4DBException known) {
			return known;
		}
		String what = "Could not " + action + " " + this.place + name + ": ";
		if (failure instanceof AwsServiceException answer) {
			return ofAnswer(action, what, condition, answer);
		}
		if (failure instanceof AbortedException || Thread.currentThread().isInterrupted()) {
			Thread.currentThread().interrupt();
			return new StoreUnavailableException(what + "interrupted", failure);
		}
		if (failure instanceof ApiCallTimeoutException || failure instanceof ApiCallAttemptTimeoutException) {
			return new StoreUnavailableException(
					what + "no answer in time. Check the network and the endpoint (" + failure.getMessage() + ")",
					failure);
		}
		if (failure instanceof IllegalStateException || failure instanceof RejectedExecutionException) {
			return new StoreUnavailableException(what + "is the S3Client closed? (" + failure.getMessage() + ")",
					failure);
		}
		if (failure instanceof UncheckedIOException) {
			return new StoreUnavailableException(
					what + "the server refused, and its answer ended before it said why (" + reason(failure) + ")",
					failure);
		}
		if (!(failure instanceof SdkException)) {
			return new S4DBException(what + failure, failure);
		}
		return new StoreUnavailableException(
				what + "no answer. Check network, endpoint, region and credentials (" + reason(failure) + ")", failure);
	}

	private S4DBException ofAnswer(String action, String what, PutCondition condition, AwsServiceException answer) {
		String code = Objects.requireNonNullElse(code(answer), "");
		String said = what + describe(answer);
		boolean writing = action.equals("write");
		boolean conditional = condition != PutCondition.none();
		int status = answer.statusCode();
		if (code.equals("NoSuchBucket")) {
			return new StoreUnavailableException(said + ". There is no bucket '" + this.bucket
					+ "': create it, or correct its name (s4db.bucket) or the endpoint", answer);
		}
		if (action.equals("read") && isAbsent(answer)) {
			return new ObjectNotFoundException(said, answer);
		}
		if (conditional && refusesCondition(status, code, condition)) {
			return new PreconditionFailedException(said + ", asked for " + condition, answer);
		}
		if (status == 409 || code.equals("ConditionalRequestConflict")) {
			return new ConflictException(said + ". Another request on the object was under way; try again", answer);
		}
		if (CLOCK_CODES.contains(code)) {
			return new StoreUnavailableException(
					said + ". The clocks of this machine and of the server differ too much: set them by a time server",
					answer);
		}
		if (code.equals("InvalidObjectState")) {
			return new StoreUnavailableException(said + ". The object is archived: restore it (RestoreObject), and"
					+ " exempt this prefix from the lifecycle rule or tiering that archives it", answer);
		}
		if (CREDENTIAL_CODES.contains(code)) {
			return new StoreUnavailableException(said + ". Check the credentials", answer);
		}
		if (status == 403) {
			return new StoreUnavailableException(said + ". " + denied(action, code), answer);
		}
		if (writing && refusesChunks(code, answer)) {
			return new S4DBException(said + ". " + CHUNKED_HINT, answer);
		}
		if (writing && (status == 501 || UNSUPPORTED_CODES.contains(code))) {
			return new S4DBException(said + ". " + unsupported(conditional, answer) + CHUNKED_HINT, answer);
		}
		if (status == 301 || status == 307 || REGION_CODES.contains(code)) {
			return new StoreUnavailableException(
					said + ". Is it the bucket's region (spring.cloud.aws.s3.region) and endpoint?", answer);
		}
		return new StoreUnavailableException(said, answer);
	}

	/**
	 * Whether the condition did not hold. That is 412; on some servers 404 where there is
	 * no object to have the ETag, and 304 where a completion is refused; and 200 with an
	 * error for its body where a completion took long.
	 */
	private static boolean refusesCondition(int status, String code, PutCondition condition) {
		return status == 412 || status == 304 || code.equals("PreconditionFailed")
				|| (status == 404 && code.equals("NoSuchKey") && condition.requiredETag() != null);
	}

	private static String denied(String action, String code) {
		return switch (action) {
			case "read" ->
				"Check the credentials and the right s3:GetObject. Without the right s3:ListBucket, S3 answers "
						+ "403 for an object that is not there, too, so this is not taken for an empty database: grant it";
			case "list" -> "Check the credentials and the right s3:ListBucket";
			case "delete" -> "Check the credentials and the right s3:DeleteObject";
			default -> "Check the credentials and the rights s3:PutObject and s3:AbortMultipartUpload"
					+ (code.equals("SignatureDoesNotMatch") ? ". " + CHUNKED_HINT : "");
		};
	}

	/**
	 * What of a write the server may not support. What is set of how objects are kept
	 * comes before the condition: who switches the conditions off where they are not to
	 * blame loses what protects from other writers.
	 */
	private String unsupported(boolean conditional, AwsServiceException answer) {
		String message = message(answer);
		boolean aboutCondition = message.contains("condition") || message.contains("if-match")
				|| message.contains("if-none-match");
		List<String> set = this.settings.properties();
		if (!set.isEmpty() && !(conditional && aboutCondition)) {
			return "The server may not support, or not with this value, what is set by " + String.join(", ", set) + " ("
					+ this.settings + "): correct it, remove it, or use a server that does. ";
		}
		return conditional ? CONDITIONAL_HINT + ". " : "";
	}

	private static String message(AwsServiceException answer) {
		return Objects.toString(answer.getMessage(), "").toLowerCase(Locale.ROOT);
	}

	private static boolean refusesChunks(String code, AwsServiceException answer) {
		String message = message(answer);
		return CHUNKED_CODES.contains(code) || message.contains("chunked") || message.contains("streaming-")
				|| message.contains("transfer-encoding");
	}

	private static String describe(AwsServiceException answer) {
		AwsErrorDetails details = answer.awsErrorDetails();
		String message = (details != null) ? details.errorMessage() : null;
		String code = code(answer);
		return "the server answered " + answer.statusCode() + ((code != null) ? " " + code : "")
				+ ((message != null && !message.isBlank()) ? " (" + message + ")" : "")
				+ ((answer.requestId() != null) ? ", request " + answer.requestId() : "");
	}

	/** What the server called it; null if it did not say. */
	static @Nullable String code(AwsServiceException answer) {
		AwsErrorDetails details = answer.awsErrorDetails();
		String code = (details != null) ? details.errorCode() : null;
		return (code != null && !code.isEmpty()) ? code : null;
	}

	private static String reason(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		String message = Objects.toString(failure.getMessage(), "");
		return (root == failure) ? message : message + "; " + root;
	}

}
