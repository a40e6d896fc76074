package io.s4db;

/**
 * The database was closed.
 */
public class S4DBClosedException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public S4DBClosedException() {
		super("The database is closed");
	}

}
