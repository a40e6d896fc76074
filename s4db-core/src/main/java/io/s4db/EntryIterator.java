package io.s4db;

import java.util.Iterator;
import java.util.Map;

/**
 * A pass over live pairs. For one thread at a time. {@link #close()} stops requests that
 * are under way; a pass that came to its end needs no closing, though it does no harm.
 * Where a request fails, the next call makes it again, so that nothing is left out.
 *
 * @param <V> what values come as
 */
public interface EntryIterator<V> extends Iterator<Map.Entry<String, V>>, AutoCloseable {

	@Override
	void close();

}
