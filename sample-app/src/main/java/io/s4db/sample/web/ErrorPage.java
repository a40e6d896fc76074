package io.s4db.sample.web;

import java.net.URI;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers with problem details where no controller can: what the server finds wrong with
 * a request itself, a body that breaks off among it, and what nobody has caught.
 */
@RestController
class ErrorPage implements ErrorController {

	private static final String PROBLEM = ErrorPage.class.getName();

	/** Only Spring makes one. */
	ErrorPage() {
	}

	/** Has what the server answers say the problem, which is known better. */
	static void show(ProblemDetail problem, HttpServletRequest request) {
		request.setAttribute(PROBLEM, problem);
	}

	@RequestMapping("/error")
	ResponseEntity<ProblemDetail> answer(HttpServletRequest request) {
		ProblemDetail problem = (request.getAttribute(PROBLEM) instanceof ProblemDetail known) ? known
				: ProblemDetail.forStatus(status(request));
		if (request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String uri) {
			problem.setInstance(URI.create(uri));
		}
		return ResponseEntity.status(problem.getStatus()).contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
	}

	/** Whoever asks for the page itself gets a 404. */
	private static int status(HttpServletRequest request) {
		return (request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status) ? status
				: HttpStatus.NOT_FOUND.value();
	}

}
