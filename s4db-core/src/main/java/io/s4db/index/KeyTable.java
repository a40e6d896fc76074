package io.s4db.index;

import org.jspecify.annotations.Nullable;

/**
 * Keys, each with where its entry stands. Any thread may read it.
 */
public interface KeyTable extends KeyLookup {

	/** The hash of a key, the same in every index of a database. */
	long hash(byte[] key, int offset, int length);

	/** {@link #get(byte[], int, int, long)} of a key. */
	default @Nullable Location get(byte[] key) {
		return get(key, 0, key.length);
	}

	/** {@link #get(byte[], int, int, long)} of a key that is part of an array. */
	default @Nullable Location get(byte[] buffer, int offset, int length) {
		return get(buffer, offset, length, hash(buffer, offset, length));
	}

	/** How many records there are. */
	long size();

	/**
	 * Walks over each record that is there from beginning to end of the walk exactly
	 * once, also while another thread changes it; one that is put or removed meanwhile is
	 * met at most once. A location is one that the key had during the walk. For one
	 * thread at a time; needs no closing.
	 */
	KeyIndex.Cursor cursor();

	/** The same as {@link #cursor}, by a visitor. */
	default void forEach(KeyIndex.Visitor visitor) {
		KeyIndex.Cursor cursor = cursor();
		while (cursor.next()) {
			visitor.visit(cursor);
		}
	}

	/** The bytes of heap that it takes. */
	long heapBytes();

}
