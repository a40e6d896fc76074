package io.s4db;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * A commit, as far as it can still be told.
 *
 * @param kind what it was
 * @param seq its sequence number; of several in one the last. 0 of a data file alone
 * @param commit its UUID; null of a data file alone
 * @param writer who made it: known of the last commit of each writer only, so null of
 * most
 * @param time when it was written, as the store has it; null if the store could not be
 * asked, or has that object no more
 * @param dataFiles the numbers of the data files that it wrote
 * @param entries how many entries it brought, tombstones too; -1 where that is not known,
 * as of files of the reference
 * @param bytes the bytes of its data files
 */
public record CommitSummary(Kind kind, long seq, @Nullable UUID commit, @Nullable UUID writer, @Nullable Instant time,
		List<Long> dataFiles, long entries, long bytes) {

	public CommitSummary {
		dataFiles = List.copyOf(dataFiles);
	}

	/** What a commit was. */
	public enum Kind {

		/** It put and deleted keys. */
		CHANGE,

		/** It rewrote data files without their garbage, and changed no key. */
		COMPACTION,

		/** Several commits that the log tells in one. */
		SEVERAL,

		/** It committed an index that was made anew. */
		REBUILD,

		/**
		 * A commit that the log does not tell any more: one of the data files that it
		 * wrote.
		 */
		FILE

	}

}
