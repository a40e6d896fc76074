package io.s4db.format;

import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Which database a manifest is of, and which manifests came before it. A prefix can be
 * emptied and written anew, or put back to an earlier state and written on from there: a
 * sequence number alone does not tell that, nor an ETag.
 *
 * <p>
 * Of each of the last {@value #ANCESTORS} manifests it knows three bytes of the commit.
 * Immutable.
 */
public final class History {

	/** Of a manifest that an earlier release wrote. */
	public static final History UNKNOWN = new History(null, new byte[0]);

	/** So many manifests before this one are known. */
	public static final int ANCESTORS = 256;

	/** What is known of the commit of each. */
	private static final int BYTES = 3;

	private final @Nullable UUID database;

	/** The oldest first. */
	private final byte[] before;

	private History(@Nullable UUID database, byte[] before) {
		this.database = database;
		this.before = before;
	}

	/**
	 * Whether one manifest is a later version of another.
	 */
	public enum Descent {

		/** It is. */
		CONTINUES,

		/** It may be: too much lies between them. */
		UNKNOWN,

		/** It is not: what is known of the one says nothing about the other. */
		ANOTHER

	}

	/** The history of a new database. */
	public static History of(UUID database) {
		return new History(database, new byte[0]);
	}

	/** As the manifest has it. */
	static History parse(UUID database, String before) {
		byte[] bytes = Base64.getDecoder().decode(before);
		if (bytes.length % BYTES != 0) {
			throw new IllegalArgumentException("\"before\" ends within a commit");
		}
		return new History(database, bytes);
	}

	/**
	 * Drawn when the database's first manifest was made, and kept by all that follow:
	 * another one is another database, though it has the same place. Null where only
	 * earlier releases wrote.
	 */
	public @Nullable UUID database() {
		return this.database;
	}

	String before() {
		return Base64.getEncoder().encodeToString(this.before);
	}

	/** The same of another database. */
	History withDatabase(UUID id) {
		return new History(id, this.before);
	}

	/**
	 * The history of the version after the one that has this.
	 * @param commit that one's commit
	 */
	History then(UUID commit) {
		int from = Math.max(0, this.before.length - (ANCESTORS - 1) * BYTES);
		byte[] bytes = Arrays.copyOfRange(this.before, from, this.before.length + BYTES);
		System.arraycopy(mark(commit), 0, bytes, bytes.length - BYTES, BYTES);
		return new History(this.database, bytes);
	}

	private static byte[] mark(UUID commit) {
		long bits = commit.getLeastSignificantBits();
		return new byte[] { (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits };
	}

	/** Whether both can be of one database. */
	boolean isOfDatabaseOf(History other) {
		return this.database == null || other.database == null || this.database.equals(other.database);
	}

	/**
	 * Whether the manifest so many versions before had a commit.
	 * @param versions at least 1
	 */
	Descent continues(long versions, UUID commit) {
		long at = this.before.length - versions * BYTES;
		if (at < 0) {
			return Descent.UNKNOWN;
		}
		int from = (int) at;
		return Arrays.equals(this.before, from, from + BYTES, mark(commit), 0, BYTES) ? Descent.CONTINUES
				: Descent.ANOTHER;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof History history && java.util.Objects.equals(this.database, history.database)
				&& Arrays.equals(this.before, history.before);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.before);
	}

	@Override
	public String toString() {
		return this.database + " after " + this.before.length / BYTES + " versions";
	}

}
