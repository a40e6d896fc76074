package io.s4db.spring;

import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * The bucket is away, or the database is not open yet: the same request may work soon.
 */
@RestControllerAdvice
class StoreAwayAdvice {

	@ExceptionHandler
	ResponseEntity<ProblemDetail> handle(TransientDataAccessException ex) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
				"The data cannot be reached at the moment");
		return ResponseEntity.of(problem).header(HttpHeaders.RETRY_AFTER, "5").build();
	}

}
