package io.s4db.store.support;

import io.s4db.StoreRequest;

/**
 * The kinds of request that are counted, by what S3 charges for them.
 */
public enum RequestKind {

	/** Reads bytes of an object, or finds that it has not changed. */
	GET,

	/** Asks for size and ETag. */
	HEAD,

	/** Writes: a put, or a step of a multipart upload. */
	PUT,

	/** Fetches a page of names. */
	LIST,

	/** Deletes an object or gives up a multipart upload. */
	DELETE;

	/** What S3 charges a request as. */
	public static RequestKind of(StoreRequest request) {
		return switch (request) {
			case GET -> GET;
			case HEAD -> HEAD;
			case LIST -> LIST;
			case DELETE, ABORT_MULTIPART -> DELETE;
			case PUT, CREATE_MULTIPART, UPLOAD_PART, COMPLETE_MULTIPART -> PUT;
		};
	}

}
