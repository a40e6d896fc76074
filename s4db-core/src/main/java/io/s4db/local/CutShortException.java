package io.s4db.local;

import java.io.IOException;

/**
 * A file has fewer bytes than it had.
 */
final class CutShortException extends IOException {

	private static final long serialVersionUID = 1;

	CutShortException(String message) {
		super(message);
	}

}
