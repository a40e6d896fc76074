package io.s4db.sample.entries;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Reads entries one after the other from a body that may be larger than memory. For one
 * thread.
 */
interface EntryReader {

	/** The most bytes that one line, or one CSV record, may have: 16 MiB. */
	int MAX_RECORD_BYTES = 16 << 20;

	/**
	 * The next entry, or null at the end.
	 * @throws BadLineException if what comes next is not an entry
	 * @throws IOException if the body breaks off
	 */
	@Nullable Entry next() throws IOException;

	/**
	 * The line, counted from 1, that the entry last returned began on, or the one where
	 * {@link #next()} failed.
	 */
	long line();

}
