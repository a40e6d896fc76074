package io.s4db.sample.entries;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Answers every error with problem details (RFC 9457), the database's among them: what is
 * worth another try is 503.
 */
@RestControllerAdvice
class ProblemHandler extends ResponseEntityExceptionHandler {

	private static final String RETRY_AFTER_SECONDS = "5";

	private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

	@ExceptionHandler
	ResponseEntity<ProblemDetail> handle(DataAccessException ex) {
		HttpStatus status = status(ex);
		ResponseEntity.BodyBuilder answer = ResponseEntity.status(status);
		if (status.is5xxServerError()) {
			log.warn("{}", ex.getMessage());
		}
		if (status == HttpStatus.SERVICE_UNAVAILABLE) {
			answer.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
		}
		return answer.body(ProblemDetail.forStatusAndDetail(status, ex.getMessage()));
	}

	private static HttpStatus status(DataAccessException ex) {
		if (ex instanceof InvalidDataAccessApiUsageException) {
			return HttpStatus.BAD_REQUEST;
		}
		return (ex instanceof TransientDataAccessException) ? HttpStatus.SERVICE_UNAVAILABLE
				: HttpStatus.INTERNAL_SERVER_ERROR;
	}

}
