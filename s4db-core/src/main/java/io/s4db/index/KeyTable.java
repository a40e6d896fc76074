package io.s4db.index;

/**
 * Keys, each with where its entry stands. Any thread may read it.
 */
public interface KeyTable extends KeyLookup {

	/** How many records there are. */
	long size();

	/**
	 * Visits each record that is there from beginning to end of the walk exactly once,
	 * also while others change it. For one thread at a time; needs no closing.
	 */
	KeyIndex.Cursor cursor();

}
