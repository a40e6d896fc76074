package io.s4db.engine.follow;

import java.util.HashSet;
import java.util.Set;

import io.s4db.format.NumberRanges;
import org.jspecify.annotations.Nullable;

/**
 * What a rebuild learnt besides the state itself.
 *
 * @param seq the highest sequence number that it saw
 * @param epoch the highest epoch that it saw
 * @param next above every number that it saw
 * @param leftOut numbers of data files that nothing refers to after it
 * @param anew whether no manifest says what was committed of each writer: what they have
 * pending may be in it
 * @param tries names of the objects that its commit was tried with
 */
public record RebuiltState(long seq, long epoch, long next, NumberRanges leftOut, boolean anew, Set<String> tries) {

	public RebuiltState(long seq, long epoch, long next, NumberRanges leftOut, boolean anew) {
		this(seq, epoch, next, leftOut, anew, new HashSet<>());
	}

	boolean isTry(@Nullable String object) {
		return object != null && this.tries.contains(object);
	}

}
