package io.s4db.cli.look;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

import io.s4db.Change;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.KeyRange;
import io.s4db.S4DB;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.command.ValueFormat;
import io.s4db.cli.place.Connection;
import io.s4db.cli.place.EarlierState;
import io.s4db.cli.place.Inspection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import io.s4db.format.Manifest;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What differs.
 */
@Command(name = "diff", header = "Says which keys differ between two databases, or were changed since a commit.",
		description = { "",
				"A line for each key: + it is in the second only, - in the first only, ~ the values differ. Both are"
						+ " read in the order of keys; values are compared, not where they stand. With --since, the keys of one"
						+ " database that commits after that one changed, as far back as its log reaches ('s4db log'). With"
						+ " --until too, what differs between the two commits: keys that are changed and changed back do not.",
				"" },
		footer = { "", "Examples:", "  s4db diff s3://my-bucket/my-db s3://my-bucket/my-copy",
				"  s4db diff ./before ./after --prefix user/ --values --json",
				"  s4db diff s3://my-bucket/my-db --since 41",
				"  s4db diff s3://my-bucket/my-db --since 41 --until 43 --values", "",
				"Exit codes: 0 nothing differs; 1 something does." })
public final class DiffCommand extends DatabaseCommand {

	private static final int BATCH = 10_000;

	private static final int BATCH_BYTES = 16 << 20;

	@Parameters(index = "0", paramLabel = "FIRST", description = Connection.DATABASE)
	String first = "";

	@Parameters(index = "1", arity = "0..1", paramLabel = "SECOND", description = "Another one.")
	@Nullable String second;

	@Option(names = "--since", paramLabel = "COMMIT", order = 40, description = "What commits after that one changed.")
	@Nullable Long since;

	@Option(names = "--until", paramLabel = "COMMIT", order = 40,
			description = "With --since: what differs between those two commits.")
	@Nullable Long until;

	@Option(names = { "-p", "--prefix" }, paramLabel = "PREFIX", order = 41, defaultValue = "",
			description = "Only keys that begin so.")
	String prefix = "";

	@Option(names = "--ordered", order = 44,
			description = "In the order of keys: dear, unless both were compacted with --sorted.")
	boolean ordered;

	@Option(names = "--keys-only", order = 42, description = "Compare keys, not values: reads none.")
	boolean keysOnly;

	@Option(names = "--values", order = 43, description = "Print the values too.")
	boolean values;

	@Option(names = "--summary", order = 45, description = "Print only how many.")
	boolean summary;

	@Mixin
	ValueFormat format = new ValueFormat();

	private long added;

	private long removed;

	private long changed;

	private long same;

	@Override
	protected int run() {
		if ((this.second == null) == (this.since == null) || (this.since == null && this.until != null)) {
			throw CommandException
				.usage("Name either a second database, or a commit with --since, and another with --until");
		}
		if (this.since != null && this.until != null) {
			commits(this.since, this.until);
		}
		else if (this.since != null) {
			since(this.since);
		}
		else {
			try (S4DB one = openToRead(readOnlyStore(this.first));
					S4DB other = openToRead(readOnlyStore(java.util.Objects.requireNonNull(this.second)))) {
				if (this.ordered) {
					compareInOrder(one, other);
				}
				else {
					compare(one, other);
				}
			}
		}
		tell();
		return (this.added + this.removed + this.changed > 0) ? ExitCode.FOUND : ExitCode.OK;
	}

	private void since(long seq) {
		ObjectStore store = readOnlyStore(this.first);
		try (S4DB db = openToRead(store)) {
			long now = db.stats().seq();
			if (seq > now) {
				throw CommandException.usage("The last commit is " + now + ": " + seq + " is still to come");
			}
			Change change = db.changes(seq);
			if (!change.complete()) {
				Manifest manifest = Inspection.of(store).manifest();
				throw CommandException.failure("The log of " + this.first + " does not reach back to commit " + seq
						+ ((manifest != null) ? ", but to " + manifest.logStart() : "")
						+ "; compare with a copy instead");
			}
			Predicate<String> wanted = (key) -> key.startsWith(this.prefix);
			change.put().stream().filter(wanted).sorted().forEach((key) -> {
				this.changed++;
				print('~', key, null, this.values ? db.getBytes(key) : null);
			});
			change.deleted().stream().filter(wanted).sorted().forEach((key) -> {
				this.removed++;
				print('-', key, null, null);
			});
		}
	}

	/** Compares what was between, in both states. */
	private void commits(long from, long to) {
		if (from > to) {
			throw CommandException.usage("--since is the earlier commit, --until the later one");
		}
		ObjectStore store = readOnlyStore(this.first);
		Inspection inspection = Inspection.of(store);
		ObjectStore earlier = EarlierState.of(inspection, from);
		ObjectStore later = EarlierState.of(inspection, to);
		try (S4DB one = openToRead(earlier); S4DB other = openToRead(later)) {
			Change change = other.changes(from);
			TreeSet<String> keys = new TreeSet<>(change.put());
			keys.addAll(change.deleted());
			keys.removeIf((key) -> !key.startsWith(this.prefix));
			Iterator<String> all = keys.iterator();
			while (all.hasNext()) {
				List<String> some = new ArrayList<>();
				while (all.hasNext() && some.size() < BATCH) {
					some.add(all.next());
				}
				Map<String, byte[]> before = values(one, some);
				Map<String, byte[]> after = values(other, some);
				some.forEach((key) -> {
					byte[] value = after.get(key);
					if (before.containsKey(key)) {
						compare(key, before.get(key), value);
					}
					else if (value != null) {
						this.added++;
						print('+', key, null, value);
					}
				});
			}
			long keysBefore = this.prefix.isEmpty() ? one.size() : one.keys(this.prefix).size();
			this.same = keysBefore - this.removed - this.changed;
		}
	}

	private Map<String, byte[]> values(S4DB db, List<String> keys) {
		if (!this.keysOnly) {
			return db.getAllBytes(keys);
		}
		Map<String, byte[]> values = new LinkedHashMap<>();
		keys.stream().filter(db::containsKey).forEach((key) -> values.put(key, new byte[0]));
		return values;
	}

	/**
	 * Reads the first as it stands, in large ranges, and of the second what is wanted.
	 */
	private void compare(S4DB one, S4DB other) {
		for (String key : other.keys()) {
			if (key.startsWith(this.prefix) && !one.containsKey(key)) {
				this.added++;
				print('+', key, null, (this.values && !this.keysOnly) ? other.getBytes(key) : null);
			}
		}
		if (this.keysOnly) {
			for (String key : one.keys()) {
				if (key.startsWith(this.prefix)) {
					compare(key, null, other.containsKey(key) ? new byte[0] : null);
				}
			}
			return;
		}
		Map<String, byte[]> batch = new LinkedHashMap<>();
		long batchBytes = 0;
		long done = 0;
		try (EntryIterator<byte[]> entries = one.iterateBytes(IterationMode.REMOTE);
				Progress progress = progress("Comparing", "keys")) {
			while (entries.hasNext()) {
				Map.Entry<String, byte[]> entry = entries.next();
				progress.onProgress(++done, one.size());
				if (entry.getKey().startsWith(this.prefix)) {
					batch.put(entry.getKey(), entry.getValue());
					batchBytes += entry.getValue().length;
				}
				if (batch.size() == BATCH || batchBytes > BATCH_BYTES) {
					compare(batch, other);
					batchBytes = 0;
				}
			}
		}
		compare(batch, other);
	}

	private void compare(Map<String, byte[]> batch, S4DB other) {
		Map<String, byte[]> there = other.getAllBytes(batch.keySet());
		batch.forEach((key, value) -> compare(key, value, there.get(key)));
		batch.clear();
	}

	/** Compares the values of a key that the first has. */
	private void compare(String key, byte @Nullable [] before, byte @Nullable [] after) {
		if (after == null) {
			this.removed++;
			print('-', key, before, null);
		}
		else if (before != null && !Arrays.equals(before, after)) {
			this.changed++;
			print('~', key, before, after);
		}
		else {
			this.same++;
		}
	}

	private void compareInOrder(S4DB one, S4DB other) {
		KeyRange range = KeyRange.prefix(this.prefix);
		try (Side left = new Side(one, range, this.keysOnly);
				Side right = new Side(other, range, this.keysOnly);
				Progress progress = progress("Comparing", "keys")) {
			left.advance();
			right.advance();
			long done = 0;
			while (left.key != null || right.key != null) {
				int order = order(left.bytes, right.bytes);
				if (order < 0) {
					this.removed++;
					print('-', java.util.Objects.requireNonNull(left.key), left.value, null);
				}
				else if (order > 0) {
					this.added++;
					print('+', java.util.Objects.requireNonNull(right.key), null, right.value);
				}
				else if (!Arrays.equals(left.value, right.value)) {
					this.changed++;
					print('~', java.util.Objects.requireNonNull(left.key), left.value, right.value);
				}
				else {
					this.same++;
				}
				if (order <= 0) {
					left.advance();
				}
				if (order >= 0) {
					right.advance();
				}
				progress.onProgress(++done, this.prefix.isEmpty() ? Math.max(one.size(), other.size()) : 0);
			}
		}
	}

	/** By the bytes of the keys; nothing is after everything. */
	private static int order(byte @Nullable [] left, byte @Nullable [] right) {
		if (left == null) {
			return 1;
		}
		return (right == null) ? -1 : Arrays.compareUnsigned(left, right);
	}

	private void print(char sign, String key, byte @Nullable [] before, byte @Nullable [] after) {
		if (this.summary) {
			return;
		}
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("change", switch (sign) {
				case '+' -> "added";
				case '-' -> "removed";
				default -> "changed";
			});
			json.put("key", key);
			if (this.values) {
				put(json, "before", key, before);
				put(json, "after", key, after);
			}
			out().jsonLine(json);
			return;
		}
		StringBuilder line = new StringBuilder().append(sign).append(' ').append(Text.line(key));
		if (this.values && !this.keysOnly) {
			line.append('\t')
				.append((before != null) ? this.format.line(before) : "")
				.append('\t')
				.append((after != null) ? this.format.line(after) : "");
		}
		out().line(line.toString());
	}

	private void put(Map<String, Object> json, String name, String key, byte @Nullable [] value) {
		if (value != null && !this.keysOnly) {
			Map<String, Object> pair = this.format.json(key, value);
			pair.remove("key");
			json.put(name, pair);
		}
	}

	private void tell() {
		if (asJson()) {
			if (this.summary) {
				Map<String, Object> json = new LinkedHashMap<>();
				json.put("added", this.added);
				json.put("removed", this.removed);
				json.put("changed", this.changed);
				json.put("same", this.same);
				out().json(json);
			}
			return;
		}
		String text = (this.since != null && this.until == null)
				? Words.count(this.changed, "key") + " set since, " + Words.number(this.removed) + " removed"
				: Words.number(this.added) + " added, " + Words.number(this.removed) + " removed, "
						+ Words.number(this.changed) + " changed, " + Words.number(this.same) + " the same";
		if (this.summary) {
			out().line(text);
		}
		else {
			say(text);
		}
	}

	/** One of both, read in order. */
	private static final class Side implements AutoCloseable {

		private final @Nullable EntryIterator<byte[]> entries;

		private final java.util.Iterator<String> keys;

		@Nullable String key;

		byte @Nullable [] bytes;

		byte @Nullable [] value;

		Side(S4DB db, KeyRange range, boolean keysOnly) {
			this.entries = keysOnly ? null : db.scanBytes(range);
			this.keys = keysOnly ? db.keys(range) : java.util.Collections.emptyIterator();
		}

		void advance() {
			EntryIterator<byte[]> pairs = this.entries;
			this.key = null;
			this.value = null;
			if (pairs == null) {
				this.key = this.keys.hasNext() ? this.keys.next() : null;
			}
			else if (pairs.hasNext()) {
				Map.Entry<String, byte[]> entry = pairs.next();
				this.key = entry.getKey();
				this.value = entry.getValue();
			}
			this.bytes = (this.key != null) ? this.key.getBytes(java.nio.charset.StandardCharsets.UTF_8) : null;
		}

		@Override
		public void close() {
			if (this.entries != null) {
				this.entries.close();
			}
		}

	}

}
