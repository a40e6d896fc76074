package io.s4db.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What several writers wrote to the same groups of keys. Who commits last is not known;
 * but it is the last that one of them wrote, and a group is written as a whole.
 * Thread-safe.
 */
final class SharedGroups {

	private final Set<String> written = ConcurrentHashMap.newKeySet();

	/** By writer and group: the last write, and later ones without an answer. */
	private final Map<String, List<String>> last = new HashMap<>();

	/** A writer is about to write, and may or may not. */
	synchronized void writing(int writer, int group, String value) {
		this.written.add(value);
		candidates(writer, group).add(value);
	}

	/** It did. */
	synchronized void wrote(int writer, int group, String value) {
		List<String> candidates = candidates(writer, group);
		candidates.clear();
		candidates.add(value);
	}

	/** It certainly did not. */
	synchronized void didNotWrite(int writer, int group, String value) {
		candidates(writer, group).remove(value);
	}

	private List<String> candidates(int writer, int group) {
		return this.last.computeIfAbsent(writer + "/" + group, (key) -> new ArrayList<>());
	}

	/** In any state, a group has one value, that somebody wrote. */
	void check(Map<String, String> view) {
		for (int group = 0; group < SharedWriterMain.GROUPS; group++) {
			Set<String> values = new HashSet<>();
			SharedWriterMain.group(group)
				.forEach((key) -> values.add(view.getOrDefault(key, SharedWriterMain.DELETED)));
			if (values.size() != 1) {
				throw new AssertionError("Half a batch: " + SharedWriterMain.group(group) + " are " + values);
			}
		}
	}

	/** In the end each group has what one of the writers wrote last. */
	synchronized void checkLast(Map<String, String> view, int writers) {
		check(view);
		for (int group = 0; group < SharedWriterMain.GROUPS; group++) {
			String value = view.getOrDefault(SharedWriterMain.group(group).get(0), SharedWriterMain.DELETED);
			Set<String> possible = new HashSet<>();
			boolean everWritten = false;
			for (int writer = 0; writer < writers; writer++) {
				possible.addAll(candidates(writer, group));
				everWritten |= !candidates(writer, group).isEmpty();
			}
			if (everWritten ? !possible.contains(value) : !value.equals(SharedWriterMain.DELETED)) {
				throw new AssertionError(
						"Shared group " + group + " is " + value + ", but was last written as " + possible);
			}
		}
	}

	/** Whether somebody wrote that, or was about to. */
	boolean isWritten(String value) {
		return this.written.contains(value);
	}

}
