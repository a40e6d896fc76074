package io.s4db.history;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One operation on a key: what was asked, what came back, and when it began and ended.
 *
 * @param client who did it
 * @param kind what it is
 * @param key the key
 * @param argument the value to write; null for a read or a deletion
 * @param expected the value that a {@link Kind#REPLACE} wants to find
 * @param result what a read found; null where it found nothing, or for a write
 * @param done whether a conditional write took place
 * @param start when it began, in nanoseconds
 * @param end when it returned; {@link #NEVER} if that never was
 */
record Event(String client, Kind kind, String key, @Nullable String argument, @Nullable String expected,
		@Nullable String result, boolean done, long start, long end) {

	/** The end of an operation without an answer: it took place at any time, or never. */
	static final long NEVER = Long.MAX_VALUE;

	enum Kind {

		READ, PUT, DELETE, PUT_IF_ABSENT, REPLACE

	}

	/** Whether it can have happened to that value. */
	boolean fits(@Nullable String value) {
		return switch (this.kind) {
			case READ -> Objects.equals(value, this.result);
			case PUT -> true;
			case DELETE -> this.done == (value != null);
			case PUT_IF_ABSENT -> this.done == (value == null);
			case REPLACE -> this.done == Objects.equals(value, this.expected);
		};
	}

	/** What it makes of a value. */
	@Nullable String after(@Nullable String value) {
		return switch (this.kind) {
			case READ -> value;
			case PUT -> this.argument;
			case DELETE -> null;
			case PUT_IF_ABSENT, REPLACE -> this.done ? this.argument : value;
		};
	}

	@Override
	public String toString() {
		String what = switch (this.kind) {
			case READ -> "reads " + this.result;
			case PUT -> "puts " + this.argument;
			case DELETE -> this.done ? "deletes" : "finds nothing to delete";
			case PUT_IF_ABSENT -> (this.done ? "puts " : "does not put ") + this.argument + " if absent";
			case REPLACE -> (this.done ? "replaces " : "does not replace ") + this.expected + " by " + this.argument;
		};
		return this.start / 1000 + " to " + ((this.end == NEVER) ? "?" : this.end / 1000) + " " + this.client + " "
				+ what;
	}

}
