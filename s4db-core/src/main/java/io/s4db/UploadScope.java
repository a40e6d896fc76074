package io.s4db;

/**
 * What an upload sends.
 */
public enum UploadScope {

	/** What is pending. */
	CHANGED,

	/**
	 * What is pending, and every local data file whose object is missing or differs: to
	 * restore a damaged bucket from a mirror.
	 */
	ALL

}
