package io.s4db;

import java.util.Locale;

/**
 * Where a value that was read came from, the nearest place first.
 */
public enum ReadSource {

	/** A local file that is not committed yet. */
	PENDING,

	/** A local copy of a data file. */
	LOCAL,

	/** Memory, where values read from the store are kept for a while. */
	CACHE,

	/** The local disk, where what was read from the store is kept. */
	DISK,

	/** The store, by a request of its own or by one for several. */
	BUCKET;

	/** What it is called in metrics. */
	public String id() {
		return name().toLowerCase(Locale.ROOT);
	}

}
