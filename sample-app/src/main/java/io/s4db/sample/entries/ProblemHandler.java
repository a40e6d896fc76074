package io.s4db.sample.entries;

import io.s4db.sample.web.ErrorPage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Answers every error with problem details (RFC 9457).
 */
@RestControllerAdvice
class ProblemHandler extends ResponseEntityExceptionHandler {

	private static final String RETRY_AFTER_SECONDS = "5";

	private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

	@ExceptionHandler
	@Nullable ResponseEntity<Object> handle(DataAccessException ex, WebRequest request) {
		return answer(ex, ProblemDetail.forStatusAndDetail(status(ex), ex.getMessage()), request);
	}

	@ExceptionHandler
	@Nullable ResponseEntity<Object> handle(ImportFailedException ex, WebRequest request) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status(ex), ex.getMessage());
		problem.setProperty("line", ex.line());
		problem.setProperty("imported", ex.imported());
		return answer(ex, problem, request);
	}

	@ExceptionHandler
	@Nullable ResponseEntity<Object> handle(BadBodyException ex, WebRequest request) {
		return answer(ex,
				ProblemDetail.forStatusAndDetail(ex.status(), "Nothing was written: %s".formatted(ex.getMessage())),
				request);
	}

	/** Whoever asked for less meanwhile got it: this one may come again. */
	@ExceptionHandler
	@Nullable ResponseEntity<Object> handle(OutOfMemoryError ex, WebRequest request) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
				"There is not enough memory for this at the moment; try again");
		return answer(new IllegalStateException(ex), problem, request);
	}

	private static HttpStatus status(ImportFailedException ex) {
		if (ex.getCause() instanceof DataAccessException cause) {
			return status(cause);
		}
		return (ex.getCause() instanceof BadBodyException cause) ? cause.status() : HttpStatus.BAD_REQUEST;
	}

	private static HttpStatus status(DataAccessException ex) {
		if (ex instanceof InvalidDataAccessApiUsageException) {
			return HttpStatus.BAD_REQUEST;
		}
		return (ex instanceof TransientDataAccessException) ? HttpStatus.SERVICE_UNAVAILABLE
				: HttpStatus.INTERNAL_SERVER_ERROR;
	}

	private @Nullable ResponseEntity<Object> answer(Exception ex, ProblemDetail problem, WebRequest request) {
		HttpStatusCode status = HttpStatusCode.valueOf(problem.getStatus());
		if (status.is5xxServerError()) {
			log.warn("{}: {}", problem.getTitle(), problem.getDetail());
		}
		return handleExceptionInternal(ex, problem, new HttpHeaders(), status, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotSupported(HttpMediaTypeNotSupportedException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		ex.getBody()
			.setDetail("Content-Type is %s; send one of %s".formatted(
					(ex.getContentType() != null) ? ex.getContentType() : "missing", ex.getSupportedMediaTypes()));
		return super.handleHttpMediaTypeNotSupported(ex, headers, status, request);
	}

	/**
	 * An answer that is under way cannot become a problem any more. It must not end as if
	 * it were whole either: the exception goes on, and the server breaks the connection.
	 * Where a body could not be read, the server has begun an error of its own:
	 * {@link ErrorPage} answers that, with the problem.
	 */
	@Override
	protected @Nullable ResponseEntity<Object> handleExceptionInternal(Exception ex, @Nullable Object body,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		if (request instanceof ServletWebRequest servlet && servlet.getResponse() != null
				&& servlet.getResponse().isCommitted()) {
			if (ErrorPage.isUnderWay(servlet.getRequest()) && body instanceof ProblemDetail problem) {
				ErrorPage.show(problem, servlet.getRequest());
				return null;
			}
			throw new IllegalStateException("The answer broke off", ex);
		}
		return super.handleExceptionInternal(ex, body, headers, status, request);
	}

	@Override
	protected ResponseEntity<Object> createResponseEntity(@Nullable Object body, HttpHeaders headers,
			HttpStatusCode statusCode, WebRequest request) {
		HttpHeaders withType = new HttpHeaders(headers);
		withType.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
		if (statusCode.isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE)) {
			withType.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
		}
		return new ResponseEntity<>(body, withType, statusCode);
	}

}
