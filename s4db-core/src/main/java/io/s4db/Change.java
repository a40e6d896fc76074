package io.s4db;

import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What changed of the committed state from one sequence number to another. What is
 * pending is no part of it: {@code get} gives a pending value of this instance's own,
 * also for a key that a change of others names.
 *
 * <p>
 * A key is named at least where its value is another one. It may be named though its
 * value is the same: where the same was written again, and where many commits were read
 * as one, of which some put entries and one, a compaction, moved others.
 *
 * @param fromSeq the sequence number before, exclusive. Above {@code seq} where the store
 * has another history now
 * @param seq the sequence number after, inclusive
 * @param commit the UUID of the commit of that number; null where none is known, as in a
 * database of the reference
 * @param put keys that have a value which was put. Unmodifiable, in no particular order;
 * they are decoded anew in each pass, from memory
 * @param deleted keys that have no value any more, likewise
 * @param own whether this instance committed it. Where many commits were read as one it
 * is false, though own ones may be among them
 * @param complete whether these are all the keys. If not, none is named and every key may
 * have changed: whoever keeps something by key reads it anew
 */
public record Change(long fromSeq, long seq, @Nullable UUID commit, Set<String> put, Set<String> deleted, boolean own,
		boolean complete) {

	/** One that says that everything may have changed. */
	public static Change ofEverything(long fromSeq, long seq, @Nullable UUID commit) {
		return new Change(fromSeq, seq, commit, Set.of(), Set.of(), false, false);
	}

	/** Whether it concerns a key. */
	public boolean mayConcern(String key) {
		return !this.complete || this.put.contains(key) || this.deleted.contains(key);
	}

	/** Whether it says that nothing changed. */
	public boolean isEmpty() {
		return this.complete && this.put.isEmpty() && this.deleted.isEmpty();
	}

	/** In short, without the keys: there may be many. */
	@Override
	public String toString() {
		return "Change[" + this.fromSeq + " to " + this.seq + ", commit " + this.commit
				+ (this.complete ? ", " + this.put.size() + " put, " + this.deleted.size() + " deleted"
						: ", everything may have changed")
				+ (this.own ? ", own]" : "]");
	}

}
