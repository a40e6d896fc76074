package io.s4db;

import java.util.Iterator;

/**
 * A pass over keys in order. For one thread at a time. It holds nothing that must be
 * given back, so one that came to its end, or is given up, needs no closing. Where it
 * takes requests and one fails, the next call makes it again.
 */
public interface KeyIterator extends Iterator<String>, AutoCloseable {

	/** Ends the pass: there is no next key then. */
	@Override
	void close();

}
