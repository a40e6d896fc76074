package io.s4db.cli.command;

import java.util.Iterator;
import java.util.Map;

import io.s4db.EntryIterator;
import io.s4db.KeyRange;
import io.s4db.S4DB;
import io.s4db.cli.terminal.CommandException;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Which keys, in which order.
 */
public final class RangeArguments {

	@Option(names = { "-p", "--prefix" }, paramLabel = "PREFIX", order = 40, description = "Those that begin so.")
	@Nullable String prefix;

	@Option(names = "--from", paramLabel = "KEY", order = 41, description = "From this key on, itself included.")
	@Nullable String from;

	@Option(names = "--to", paramLabel = "KEY", order = 42, description = "Those before this key.")
	@Nullable String to;

	@Option(names = "--reverse", order = 43, description = "The last one first.")
	boolean reverse;

	@Option(names = { "-n", "--limit" }, paramLabel = "N", order = 44, description = "So many at most.")
	@Nullable Long limit;

	@Option(names = "--unordered", order = 45,
			description = "In no order: at once and in no memory, where sorting millions of keys takes seconds.")
	boolean unordered;

	@Mixin
	KeyFormat format = new KeyFormat();

	/** The range that was asked for. */
	public KeyRange range() {
		KeyRange range = (this.prefix != null) ? KeyRange.prefix(this.format.key(this.prefix)) : KeyRange.all();
		if (this.from != null) {
			KeyRange lower = KeyRange.from(this.format.key(this.from));
			range = new KeyRange(range.prefix(), lower.lower(), true, null, true, false, Long.MAX_VALUE);
		}
		if (this.to != null) {
			range = range.to(this.format.key(this.to));
		}
		if (this.reverse) {
			range = range.reversed();
		}
		if (this.limit != null) {
			if (this.limit < 0) {
				throw CommandException.usage("--limit must not be negative");
			}
			range = range.limit(this.limit);
		}
		if (this.unordered && (this.reverse || this.from != null || this.to != null)) {
			throw CommandException.usage("--unordered goes with --prefix and --limit only");
		}
		return range;
	}

	/** Whether all keys are meant, in whichever order. */
	public boolean isAll() {
		return this.prefix == null && this.from == null && this.to == null && this.limit == null && !this.reverse;
	}

	public boolean isReversed() {
		return this.reverse;
	}

	public boolean isLimited() {
		return this.limit != null;
	}

	public boolean isUnordered() {
		return this.unordered;
	}

	/**
	 * Opens a database for what is asked for. A walk over all keys is quicker when all of
	 * the index is read first.
	 */
	public S4DB open(ObjectStore store) {
		return (isAll() || this.unordered) ? DatabaseCommand.openToRead(store) : DatabaseCommand.openToLookUp(store);
	}

	/** The keys. */
	public Iterator<String> keys(S4DB db) {
		KeyRange range = range();
		return this.unordered ? new Some<>(db.keys().iterator(), range, (key) -> key) : db.keys(range);
	}

	/** Those of a pass over all that were asked for. */
	public Iterator<Map.Entry<String, byte[]>> filtered(Iterator<Map.Entry<String, byte[]>> all) {
		return new Some<>(all, range(), Map.Entry::getKey);
	}

	/** The pairs. */
	public Entries entries(S4DB db) {
		KeyRange range = range();
		EntryIterator<byte[]> entries = this.unordered ? db.iterateBytes(io.s4db.IterationMode.REMOTE)
				: db.scanBytes(range);
		return new Entries(entries, this.unordered ? new Some<>(entries, range, Map.Entry::getKey) : entries);
	}

	/** Pairs, to be closed. */
	public static final class Entries implements AutoCloseable {

		private final EntryIterator<byte[]> source;

		private final Iterator<Map.Entry<String, byte[]>> entries;

		Entries(EntryIterator<byte[]> source, Iterator<Map.Entry<String, byte[]>> entries) {
			this.source = source;
			this.entries = entries;
		}

		public boolean hasNext() {
			return this.entries.hasNext();
		}

		public Map.Entry<String, byte[]> next() {
			return this.entries.next();
		}

		@Override
		public void close() {
			this.source.close();
		}

	}

	/** Those of a prefix, up to a limit. */
	private static final class Some<T> implements Iterator<T> {

		private final Iterator<T> all;

		private final KeyRange range;

		private final java.util.function.Function<T, String> key;

		private long left;

		private @Nullable T next;

		Some(Iterator<T> all, KeyRange range, java.util.function.Function<T, String> key) {
			this.all = all;
			this.range = range;
			this.key = key;
			this.left = range.limit();
		}

		@Override
		public boolean hasNext() {
			while (this.next == null && this.left > 0 && this.all.hasNext()) {
				T candidate = this.all.next();
				if (this.key.apply(candidate).startsWith(this.range.prefix())) {
					this.next = candidate;
					this.left--;
				}
			}
			return this.next != null;
		}

		@Override
		public T next() {
			if (!hasNext()) {
				throw new java.util.NoSuchElementException();
			}
			T found = java.util.Objects.requireNonNull(this.next);
			this.next = null;
			return found;
		}

	}

}
