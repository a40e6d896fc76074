package io.s4db;

import java.util.Locale;

/**
 * The kinds of request to a store.
 */
public enum StoreRequest {

	/** Reads bytes of an object, or finds that it has not changed. */
	GET,

	/** Asks for size and ETag. */
	HEAD,

	/** Writes an object. */
	PUT,

	/** Fetches names: a page of them, where the store has pages. */
	LIST,

	/** Deletes an object. */
	DELETE,

	/** Begins to write an object in parts. */
	CREATE_MULTIPART,

	/** Writes one part. */
	UPLOAD_PART,

	/** Makes an object of its parts. */
	COMPLETE_MULTIPART,

	/** Gives the parts up. */
	ABORT_MULTIPART;

	/** What it is called in metrics: {@code get}, {@code upload-part}. */
	public String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
