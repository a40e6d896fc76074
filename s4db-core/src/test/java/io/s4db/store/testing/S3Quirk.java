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

	/** 501 for a put with an encryption, a storage class or tags. */
	NOT_IMPLEMENTED_SETTINGS,

	/** 400 for a body in {@code aws-chunked} encoding. */
	REFUSES_CHUNKED_BODIES,

	/**
	 * A body in {@code aws-chunked} encoding is kept as it came, chunk lengths and all.
	 */
	KEEPS_CHUNKED_FRAMING,

	/** The same for parts of a multipart upload alone. */
	KEEPS_CHUNKED_FRAMING_OF_PARTS,

	/** 403 for a key that is not there, as without the right to list. */
	FORBIDS_MISSING_KEYS,

	/** No ETag in the answer to a put or a completion. */
	OMITS_ETAGS_OF_PUTS,

	/** The answer to a put has another ETag than those to reads. */
	GIVES_WRONG_ETAGS_FOR_PUTS,

	/** 304 instead of 412 for a completion whose condition does not hold. */
	REFUSES_COMPLETIONS_WITH_304,

	/** 412 instead of 404 for {@code If-Match} on an absent key. */
	FAILS_IF_MATCH_OF_ABSENT_WITH_412,

	/** The whole object whatever the range. */
	IGNORES_RANGES,

	/** Ranges begin at a multiple of four, as from a cache that works with blocks. */
	ALIGNS_RANGES,

	/** Ranges begin one byte late. */
	SHIFTS_RANGES,

	/** No more than four bytes of a range. */
	SHORTENS_RANGES,

	/** A range without a word on which one it is. */
	OMITS_CONTENT_RANGE,

	/** 403 for reading bytes of any object, since it is archived. */
	HAS_ARCHIVED_ALL,

	/** 403 for everything, since the request's time is not the server's. */
	HAS_ANOTHER_TIME,

	/** Pages of two objects. */
	LISTS_SMALL_PAGES,

	/** Each page is said to be followed by another, without a token for it. */
	OMITS_LIST_TOKENS,

	/** Each page is followed by another with the same token. */
	REPEATS_LIST_TOKENS,

	/** Whatever the token, the first page; each time with a new token. */
	IGNORES_LIST_TOKENS,

	/** Whatever the prefix, all of the bucket. */
	IGNORES_LIST_PREFIXES,

	/** Encoded keys without saying so. */
	ENCODES_KEYS_SILENTLY,

	/** Each object twice in a list. */
	LISTS_TWICE,

	/** 403 for everything. */
	FORBIDS_ALL,

	/** Drops every connection. */
	IS_DOWN

}
