package io.s4db.store.testing;

/**
 * What can happen to one request.
 */
public enum S3Fault {

	/** 503, nothing done. */
	UNAVAILABLE,

	/** 429, nothing done. */
	THROTTLED,

	/** 409, nothing done. */
	CONFLICT,

	/** 403, nothing done. */
	FORBIDDEN,

	/** 404 with a page that is not S3's, as from a proxy. */
	FOREIGN_NOT_FOUND,

	/** The connection is dropped, nothing done. */
	LOST_REQUEST,

	/** All is done, and the connection dropped instead of an answer. */
	LOST_ANSWER,

	/** Half of the answer's body, then the connection is dropped. */
	CUT_BODY

}
