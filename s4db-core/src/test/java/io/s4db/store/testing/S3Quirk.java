package io.s4db.store.testing;

/**
 * Ways in which S3 servers differ from AWS, or refuse.
 */
public enum S3Quirk {

	/** Every put succeeds. */
	IGNORES_PRECONDITIONS,

	/** Every completion of a multipart upload succeeds. */
	IGNORES_PRECONDITIONS_OF_PARTS,

	/** A quoted ETag in {@code If-Match} never matches. */
	WANTS_UNQUOTED_ETAGS,

	/** No ETag in {@code If-Match} ever matches. */
	MATCHES_NO_ETAG,

	/** 501 for a put with a condition. */
	NOT_IMPLEMENTED_CONDITIONS,

	/** 400 for a body in {@code aws-chunked} encoding. */
	REFUSES_CHUNKED_BODIES,

	/** 403 for a key that is not there, as without the right to list. */
	FORBIDS_MISSING_KEYS,

	/** No ETag in the answer to a put or a completion. */
	OMITS_ETAGS_OF_PUTS,

	/** 412 instead of 404 for {@code If-Match} on an absent key. */
	FAILS_IF_MATCH_OF_ABSENT_WITH_412,

	/** The whole object whatever the range. */
	IGNORES_RANGES,

	/** Each object twice in a list. */
	LISTS_TWICE,

	/** 403 for everything. */
	FORBIDS_ALL,

	/** Drops every connection. */
	IS_DOWN

}
