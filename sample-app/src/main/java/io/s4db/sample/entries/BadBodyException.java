package io.s4db.sample.entries;

import java.io.IOException;

import org.springframework.http.HttpStatus;

/**
 * The body of a request cannot be read to its end. The message says why, in words for who
 * sent it.
 */
class BadBodyException extends IOException {

	private static final long serialVersionUID = 1L;

	private final HttpStatus status;

	BadBodyException(HttpStatus status, String reason, IOException cause) {
		super(reason, cause);
		this.status = status;
	}

	BadBodyException(HttpStatus status, String reason) {
		super(reason);
		this.status = status;
	}

	/** What to answer with. */
	HttpStatus status() {
		return this.status;
	}

}
