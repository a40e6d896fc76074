package io.s4db;

/**
 * The local directory belongs to another database than the one that is opened: to one in
 * another store, or to one that was in its place before. Nothing in it was touched, and
 * another try would not help.
 */
public class ForeignDirectoryException extends S4DBException {

	private static final long serialVersionUID = 1L;

	public ForeignDirectoryException(String message) {
		super(message);
	}

}
