package io.s4db;

/**
 * That a {@link ChangeListener} listens. Ends with the database, too.
 */
public interface ChangeRegistration extends AutoCloseable {

	/**
	 * The sequence number of the committed state from which on changes are told: a key
	 * that is read after the listener was added has the value of then, or one that the
	 * listener is told of.
	 */
	long seq();

	/** Listens no more. A call that has begun is not waited for. */
	@Override
	void close();

}
