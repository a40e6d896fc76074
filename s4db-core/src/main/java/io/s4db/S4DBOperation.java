package io.s4db;

/**
 * What is done with a database, as its {@linkplain S4DBObserver observers} are told.
 */
public enum S4DBOperation {

	/** It is opened. */
	OPEN("open"),

	/** One value, or none, is read. */
	GET("get"),

	/** Several values are read. */
	GET_ALL("getAll"),

	/** An iteration is begun; with local files, those that are missing are fetched. */
	ITERATE("iterate"),

	/** A scan in the order of keys is begun. */
	SCAN("scan"),

	/** Values are set. */
	PUT("put"),

	/** A value is set if there is none. */
	PUT_IF_ABSENT("putIfAbsent"),

	/** A value is set if there is a certain one. */
	REPLACE("replace"),

	/** Keys are removed. */
	DELETE("delete"),

	/** What is pending is committed. */
	UPLOAD("upload"),

	/** Data files are made local. */
	DOWNLOAD("download"),

	/** Other writers are followed. */
	REFRESH("refresh"),

	/** What was committed since is asked for. */
	CHANGES("changes"),

	/** Pending files are forced to disk. */
	FLUSH("flush"),

	/** The index is written. */
	CHECKPOINT("checkpoint"),

	/** Garbage is removed. */
	COMPACT("compact"),

	/** The index is made anew from the data files. */
	REBUILD_INDEX("rebuildIndex"),

	/** Everything is checked. */
	VERIFY("verify"),

	/** It is closed. */
	CLOSE("close");

	private final String id;

	S4DBOperation(String id) {
		this.id = id;
	}

	/** What it is called, as the method of {@link S4DB} that does it. */
	public String id() {
		return this.id;
	}

}
