package io.s4db.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What came into the bucket with which commit, as the bucket itself saw it: entry by
 * entry, in order, and whose it is. So what a writer must see of a key that others write
 * too can be told exactly: what it wrote last as long as that is committed nowhere, and
 * after that the same, or what was committed later.
 */
final class Committed {

	/** The entries of a key, in the order of their commits. */
	private final Map<String, List<Entry>> entries = new HashMap<>();

	private final Map<WriterHistory, Long> counts = new IdentityHashMap<>();

	/**
	 * An entry.
	 *
	 * @param writer who wrote it
	 * @param value null for a deletion
	 */
	private record Entry(WriterHistory writer, @Nullable String value) {
	}

	/** An entry of a writer is committed. */
	void add(WriterHistory writer, String key, @Nullable String value) {
		this.entries.computeIfAbsent(key, (name) -> new ArrayList<>()).add(new Entry(writer, value));
		if (!ConditionalHistory.isConditional(key)) {
			this.counts.merge(writer, 1L, Long::sum);
		}
	}

	/** How many entries of a writer are committed, conditional writes aside. */
	long count(WriterHistory writer) {
		return this.counts.getOrDefault(writer, 0L);
	}

	/**
	 * The same, as of now.
	 * @param writers who stands there for each writer
	 */
	Committed copy(Map<WriterHistory, WriterHistory> writers) {
		Committed copy = new Committed();
		this.entries.forEach((key, all) -> copy.entries.put(key,
				new ArrayList<>(all.stream()
					.map((entry) -> new Entry(writers.getOrDefault(entry.writer(), entry.writer()), entry.value()))
					.toList())));
		this.counts.forEach((writer, count) -> copy.counts.put(writers.getOrDefault(writer, writer), count));
		return copy;
	}

	/** Whether so many entries of a writer are committed, conditional writes aside. */
	boolean has(WriterHistory writer, long entries) {
		return this.counts.getOrDefault(writer, 0L) >= entries;
	}

	/**
	 * Checks what somebody sees of a key.
	 * @param who its name
	 * @param own what it wrote; null for a reader
	 */
	void check(String who, @Nullable WriterHistory own, String key, @Nullable String seen) {
		check(who, own, Set.of(), key, seen);
	}

	/**
	 * Checks what somebody sees of a key.
	 * @param inherited who wrote what else is in its directory. Then it is not told which
	 * of two directories something is committed from, and when
	 */
	void check(String who, @Nullable WriterHistory own, Set<WriterHistory> inherited, String key,
			@Nullable String seen) {
		List<Entry> all = this.entries.getOrDefault(key, List.of());
		if (!inherited.isEmpty() || (own != null && own.isCopied())) {
			if (seen != null && (own == null || !own.gave(key, seen))
					&& all.stream().noneMatch((entry) -> seen.equals(entry.value()))
					&& inherited.stream().noneMatch((writer) -> writer.gave(key, seen))) {
				throw new AssertionError(who + " sees " + key + " as nobody committed it, nor left it pending");
			}
			return;
		}
		int written = (own != null) ? own.timesWritten(key) : 0;
		if (written == 0) {
			if (seen != null && all.stream().noneMatch((entry) -> seen.equals(entry.value()))) {
				throw new AssertionError(who + " sees " + key + " as nobody committed it");
			}
			return;
		}
		int from = last(all, own, written);
		if (from < 0) {
			if (!Objects.equals(own.value(key, own.writes()), seen)) {
				throw new AssertionError(who + " does not see its own " + key + ", which is still pending");
			}
		}
		else if (all.subList(from, all.size()).stream().noneMatch((entry) -> Objects.equals(entry.value(), seen))) {
			throw new AssertionError(
					who + " does not see its own " + key + ", which is committed, nor what came later");
		}
	}

	/** Where the last of so many entries of a writer is; negative if it is not there. */
	private static int last(List<Entry> all, WriterHistory writer, int entries) {
		int left = entries;
		int at = -1;
		for (int i = 0; i < all.size(); i++) {
			if (all.get(i).writer() == writer) {
				at = i;
				left--;
			}
		}
		if (left < 0) {
			throw new AssertionError("More of " + writer + " is committed than it wrote");
		}
		return (left == 0) ? at : -1;
	}

}
