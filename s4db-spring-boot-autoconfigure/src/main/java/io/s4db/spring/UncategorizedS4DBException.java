package io.s4db.spring;

import io.s4db.S4DBException;

import org.springframework.dao.UncategorizedDataAccessException;

/**
 * A failure that no more specific exception stands for, such as a full disk. The message
 * and the cause are the engine's.
 */
public class UncategorizedS4DBException extends UncategorizedDataAccessException {

	private static final long serialVersionUID = 1L;

	public UncategorizedS4DBException(S4DBException cause) {
		super(cause.getMessage(), cause);
	}

}
