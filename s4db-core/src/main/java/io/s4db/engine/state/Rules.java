package io.s4db.engine.state;

import java.util.Set;

/**
 * The rules of docs/PROTOCOL.md that an engine keeps: all of them. Tests leave one out,
 * to see that its absence is noticed.
 *
 * @param leftOut what is not kept
 * @param logItems from so many items on the manifest's log is folded (rule W8)
 */
public record Rules(Set<Rule> leftOut, int logItems) {

	/** What every database outside tests has. */
	public static final Rules ALL = new Rules(Set.of(), 32);

	public boolean keep(Rule rule) {
		return !this.leftOut.contains(rule);
	}

}
