package io.s4db.simulation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What one writer (one local directory's life) wrote, in order: the model. Keys with its
 * prefix are its own. A database must look as if the first {@code c} of its writes had
 * been made, each whole, for some {@code c}: all of them to itself, at least those
 * uploaded to others.
 */
final class WriterHistory {

	/** Since which write a key has which value; null for none. */
	private record Change(int write, @Nullable String value) {
	}

	private final String prefix;

	private final Map<String, List<Change>> changes = new LinkedHashMap<>();

	private int writes;

	private int floor;

	private long entries;

	private boolean copied;

	WriterHistory(String prefix) {
		this.prefix = prefix;
	}

	String prefix() {
		return this.prefix;
	}

	/** How many writes were acknowledged. */
	int writes() {
		return this.writes;
	}

	/** Its directory was copied. */
	void copied() {
		this.copied = true;
	}

	/** Whether others may commit what it wrote. */
	boolean isCopied() {
		return this.copied;
	}

	long entries() {
		return this.entries;
	}

	/** How many of them are known to be committed. */
	int floor() {
		return this.floor;
	}

	void committed(int writes) {
		this.floor = Math.max(this.floor, writes);
	}

	/** The same, of which only the first writes were made. */
	WriterHistory first(int count) {
		WriterHistory first = new WriterHistory(this.prefix);
		first.take(this, count);
		return first;
	}

	/**
	 * Another's writes were made, but for some.
	 * @param from after so many of its writes
	 * @param to up to so many
	 */
	void goOnAs(WriterHistory other, int from, int to) {
		take(other, other.writes);
		this.changes.values().forEach((all) -> all.removeIf((change) -> change.write() > from && change.write() <= to));
		this.changes.values().removeIf(List::isEmpty);
		count();
	}

	private void count() {
		this.entries = this.changes.values().stream().mapToLong(List::size).sum();
	}

	private void take(WriterHistory other, int count) {
		this.changes.clear();
		other.changes.forEach((key, all) -> {
			List<Change> some = new ArrayList<>(all.stream().filter((change) -> change.write() <= count).toList());
			if (!some.isEmpty()) {
				this.changes.put(key, some);
			}
		});
		this.writes = count;
		count();
		this.floor = Math.min(this.floor, count);
	}

	/** How many whole writes so many entries are. */
	int writesOf(long count) {
		int done = 0;
		while (done < this.writes && entriesOf(done + 1) <= count) {
			done++;
		}
		return done;
	}

	private long entriesOf(int first) {
		return this.changes.values().stream().flatMap(List::stream).filter((change) -> change.write() <= first).count();
	}

	/** A write; null values are deletions. */
	void wrote(Map<String, String> batch) {
		this.writes++;
		batch.forEach((key, value) -> this.changes.computeIfAbsent(key, (name) -> new ArrayList<>())
			.add(new Change(this.writes, value)));
		this.entries += batch.size();
	}

	/** The last write failed, and nothing of it is there. */
	void takeBack(Map<String, String> batch) {
		batch.keySet().forEach((key) -> this.changes.get(key).removeIf((change) -> change.write() == this.writes));
		this.changes.values().removeIf(List::isEmpty);
		this.writes--;
		this.entries -= batch.size();
	}

	/** Whether it ever wrote the key. */
	boolean wrote(String key) {
		return this.changes.containsKey(key);
	}

	/** How often it wrote the key. */
	int timesWritten(String key) {
		return this.changes.getOrDefault(key, List.of()).size();
	}

	/** What the key was given last by the first so many writes. */
	@Nullable String value(String key, int writes) {
		String value = null;
		for (Change change : this.changes.getOrDefault(key, List.of())) {
			if (change.write() <= writes) {
				value = change.value();
			}
		}
		return value;
	}

	/** Whether it ever gave the key that value. */
	boolean gave(String key, @Nullable String value) {
		return this.changes.getOrDefault(key, List.of())
			.stream()
			.anyMatch((change) -> java.util.Objects.equals(change.value(), value));
	}

	/** After how many writes its own key had that value. */
	BitSet when(String key, @Nullable String value) {
		BitSet when = new BitSet();
		List<Change> all = this.changes.getOrDefault(key, List.of());
		String present = null;
		int since = 0;
		for (Change change : all) {
			if (java.util.Objects.equals(present, value)) {
				when.set(since, change.write());
			}
			present = change.value();
			since = change.write();
		}
		if (java.util.Objects.equals(present, value)) {
			when.set(since, this.writes + 1);
		}
		return when;
	}

	/** After how many writes its own keys looked so, all together. */
	BitSet when(Map<String, String> view) {
		BitSet when = new BitSet();
		when.set(0, this.writes + 1);
		for (String key : this.changes.keySet()) {
			if (key.startsWith(this.prefix)) {
				when.and(when(key, view.get(key)));
			}
		}
		for (String key : view.keySet()) {
			if (key.startsWith(this.prefix) && !this.changes.containsKey(key)) {
				when.clear();
			}
		}
		return when;
	}

	/** The own keys that were ever written. */
	List<String> keys() {
		return this.changes.keySet().stream().filter((key) -> key.startsWith(this.prefix)).toList();
	}

	/** The own keys that have a value by now. */
	List<String> liveKeys() {
		return this.changes.keySet()
			.stream()
			.filter((key) -> key.startsWith(this.prefix) && value(key, this.writes) != null)
			.toList();
	}

	@Override
	public String toString() {
		return this.prefix + " with " + this.writes + " writes, " + this.floor + " committed";
	}

}
