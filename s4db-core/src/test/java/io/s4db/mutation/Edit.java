package io.s4db.mutation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A change of a source file: a piece of it is replaced. White space in the piece stands
 * for any white space, so that the formatter may break lines as it likes.
 *
 * @param file the file, from {@code io/s4db/engine} on
 * @param piece what is there, exactly once
 * @param replacement what is there instead
 */
record Edit(String file, String piece, String replacement) {

	/** The source with the change made. */
	String on(String source) {
		StringBuilder pattern = new StringBuilder();
		for (String word : this.piece.strip().split("\\s+", -1)) {
			pattern.append(pattern.isEmpty() ? "" : "\\s+").append(Pattern.quote(word));
		}
		Matcher matcher = Pattern.compile(pattern.toString()).matcher(source);
		if (!matcher.find()) {
			throw new IllegalStateException(
					this.file + " has no such piece any more; say what leaves the rule out now: " + this.piece);
		}
		String changed = source.substring(0, matcher.start()) + this.replacement + source.substring(matcher.end());
		if (matcher.find()) {
			throw new IllegalStateException(this.file + " has that piece more than once: " + this.piece);
		}
		return changed;
	}

}
