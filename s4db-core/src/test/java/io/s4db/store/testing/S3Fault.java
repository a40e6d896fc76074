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
	CUT_BODY,

	/** 500, nothing done; the connection is dropped before the body. */
	CUT_INTERNAL_ERROR,

	/** 503, nothing done; the connection is dropped before the body. */
	CUT_UNAVAILABLE,

	/** 409, nothing done; the connection is dropped before the body. */
	CUT_CONFLICT,

	/** What would be answered, but the connection is dropped before the body. */
	NO_BODY,

	/** Nothing is read or answered until the server stops. */
	STALLED,

	/** Half of the answer's body, then nothing until the server stops. */
	STALLED_BODY

}
