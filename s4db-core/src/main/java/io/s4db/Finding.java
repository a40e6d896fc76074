package io.s4db;

/**
 * One thing that is wrong.
 *
 * @param object the object or file
 * @param offset the offset in it, in bytes; -1 where it is the whole
 * @param problem what is wrong
 */
public record Finding(String object, long offset, String problem) {

	@Override
	public String toString() {
		return (this.offset < 0) ? this.object + ": " + this.problem
				: this.object + " at offset " + this.offset + ": " + this.problem;
	}

}
